/// Why the server doesn't track what is read over a connection, or why it is of no use.
public struct TrackingRefusal: Equatable, Sendable {
    /// What it was asked.
    public let command: String
    /// What it said, or what stands in the way.
    public let reason: String

    /// `command` was refused, for this reason.
    public init(of command: String, because reason: String) {
        self.command = command
        self.reason = reason
    }
}
