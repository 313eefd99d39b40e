/// How far the search for entries whose time is over has come.
struct Sweeper {
    /// Which queue it is in.
    enum Stage {
        case resting
        case small
        case cold
        case main
    }

    private(set) var stage = Stage.resting
    private(set) var chunk: Int32 = 0
    var offset: UInt32 = 0

    /// Goes on with a queue, from its oldest chunk.
    mutating func enter(_ stage: Stage, at chunk: Int32) {
        self.stage = stage
        self.chunk = chunk
        offset = 0
    }

    /// Nothing of interest is left in the chunk: goes on with the newer one, or to where that one is 0, the next queue.
    mutating func leave(_ left: Int32, for newer: Int32) {
        guard chunk == left else { return }
        chunk = newer
        offset = 0
    }

    /// The chunk's entries are about to move within it.
    mutating func restart(_ chunk: Int32) { if self.chunk == chunk { offset = 0 } }
}
