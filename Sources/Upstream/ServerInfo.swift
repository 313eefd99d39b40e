/// What a server says of itself in INFO.
public struct ServerInfo: Sendable, Equatable {
    /// Its `run_id`. Behind one name there may be several servers (a balancer, replicas, a failover), and a client's
    /// id means something on its own server only.
    public let id: String?
    /// What kind of server it is: `standalone`, `cluster` or `sentinel`.
    public let mode: String?
    /// Whether it is nobody's replica; only ``fullQuestion`` tells.
    public let isPrimary: Bool
    /// Whether its hashes can have fields that expire by themselves (HEXPIRE): Redis's from 7.4 on, whose candidates
    /// for release are 7.3, Valkey's from 9.0. Nil if it names no version.
    public let expiresFields: Bool?

    /// What to ask.
    public static let question = ["INFO", "server"]
    /// What to ask to learn its role, too: before 7.0 a server has no words for two sections.
    static let fullQuestion = ["INFO"]

    /// Reads the reply.
    public init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        func value(_ name: String) -> Substring? {
            lines.first { $0.hasPrefix(name) }?.dropFirst(name.count)
        }
        id = value("run_id:").map(String.init)
        // The second is Valkey's name for it.
        mode = (value("redis_mode:") ?? value("server_mode:")).map(String.init)
        isPrimary = value("role:") == "master"
        // Valkey calls itself Redis 7.2, too.
        expiresFields =
            if let version = value("valkey_version:") {
                Self.is(version, atLeast: [9, 0])
            } else if let version = value("redis_version:") {
                Self.is(version, atLeast: [7, 3])
            } else {
                nil
            }
    }

    private static func `is`(_ version: Substring, atLeast least: [Int]) -> Bool {
        !version.split(separator: ".").prefix(least.count).map { Int($0) ?? 0 }.lexicographicallyPrecedes(least)
    }
}
