/// How far the closing of holes has come.
struct Compactor {
    /// Whether it is in the main queue.
    var isInMain = false
    /// The chunk to go on with; 0: with the first of the other queue.
    var chunk: Int32 = 0

    /// The chunk is about to leave its queue.
    mutating func leave(_ left: Int32, for newer: Int32) { if chunk == left { chunk = newer } }
}
