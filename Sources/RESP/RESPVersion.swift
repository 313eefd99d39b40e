/// The protocol version a connection speaks, as chosen by `HELLO`.
public enum RESPVersion: UInt8, Sendable, Hashable {
    /// What every connection starts with.
    case resp2 = 2
    /// Adds maps, sets, doubles, booleans, big numbers, verbatim strings, attributes and pushes.
    case resp3 = 3
}
