/// Bytes from and to clients.
public struct NetworkStatistics: Decodable, Sendable {
    /// From Redis clients.
    public let redisBytesIn: Int
    /// To Redis clients.
    public let redisBytesOut: Int
    /// From HTTP clients.
    public let restBytesIn: Int
    /// To HTTP clients.
    public let restBytesOut: Int
}
