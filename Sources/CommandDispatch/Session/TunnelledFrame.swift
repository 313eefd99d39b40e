import RESP

/// What a frame that comes out of a tunnel is to the commands that went in.
enum TunnelledFrame {
    /// Nobody's reply: a message, an invalidation, a line of MONITOR.
    case push
    /// One of the replies to a command that subscribes or unsubscribes.
    case confirmation
    /// An error, which any command may get, and gets once.
    case error
    /// A command's reply.
    case reply

    /// How much of a frame has to be known.
    static let bytesNeeded = 32

    /// How much of the end of a confirmation has to be known for ``count(endOf:)``.
    static let bytesOfCount = 24

    /// What may come that looks like a reply, and isn't one.
    struct Possible: OptionSet {
        let rawValue: UInt8

        /// Arrays that are messages, as in RESP2.
        static let messages = Possible(rawValue: 1 << 0)
        /// Arrays that confirm, as in RESP2.
        static let confirmations = Possible(rawValue: 1 << 1)
        /// Statuses that are lines of MONITOR.
        static let lines = Possible(rawValue: 1 << 2)
    }

    /// The frame that begins with `bytes`.
    init(_ bytes: [UInt8], possible: Possible) {
        switch bytes.first {
        case UInt8(ascii: "-"): self = .error
        case UInt8(ascii: ">"): self = Self.named(in: bytes, [.messages, .confirmations]) ?? .push
        case UInt8(ascii: "*") where !possible.isEmpty: self = Self.named(in: bytes, possible) ?? .reply
        case UInt8(ascii: "+") where possible.contains(.lines) && bytes.count > 1 && (48...57).contains(bytes[1]):
            self = .push
        default: self = .reply
        }
    }

    /// What the first of its elements says that it is.
    private static func named(in bytes: [UInt8], _ possible: Possible) -> TunnelledFrame? {
        guard let name = name(in: bytes) else { return nil }
        // A shard's channel that moves to another server is unsubscribed from unasked.
        let confirming: Possible = name == "sunsubscribe\r" ? [.messages, .confirmations] : .confirmations
        if name.hasSuffix("subscribe\r"), !possible.isDisjoint(with: confirming) { return .confirmation }
        return name.hasSuffix("message\r") && possible.contains(.messages) ? .push : nil
    }

    private static func name(in bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count > 2, lines[1].first == UInt8(ascii: "$") else { return nil }
        return String(decoding: lines[2], as: UTF8.self)
    }

    // MARK: Confirmations

    /// Whether the confirmation that begins with `bytes` counts channels of shards, of which Redis keeps an account of
    /// their own.
    static func isOfShards(_ bytes: [UInt8]) -> Bool {
        let name = name(in: bytes)
        return name == "ssubscribe\r" || name == "sunsubscribe\r"
    }

    /// How many subscriptions there are, according to the confirmation that ends with `bytes`; nil if it doesn't say.
    static func count(endOf bytes: [UInt8]) -> Int? {
        guard bytes.suffix(2) == [13, 10], let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return Int(String(decoding: bytes[(colon + 1)...].dropLast(2), as: UTF8.self))
    }
}
