/// How far the closing of holes has come.
struct Compactor {
    /// The queue that it is in.
    var queue = QueueKind.small
    /// The chunk to go on with; 0: with the first of the next queue.
    var chunk: Int32 = 0

    /// The chunk is about to leave its queue.
    mutating func leave(_ left: Int32, for newer: Int32) { if chunk == left { chunk = newer } }
}
