import CacheClient

/// What `ocm top` reacts to.
enum TopEvent: Sendable {
    /// The server has answered.
    case statistics(ServerStatistics)
    /// It hasn't, and why.
    case problem(String)
    /// A key was pressed.
    case key(UInt8)
    /// The terminal has another size, or is ours again.
    case resized
    /// We are to end: a signal says so, or the terminal has gone.
    case ended
    /// There is no point in going on.
    case failed(any Error)
}
