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

    /// The frame that begins with `bytes`.
    ///
    /// - Parameters:
    ///   - hasMessages: whether an array may be a message or a confirmation, as in RESP2.
    ///   - isMonitored: whether a status may be a line of MONITOR.
    init(_ bytes: [UInt8], hasMessages: Bool, isMonitored: Bool) {
        switch bytes.first {
        case UInt8(ascii: "-"): self = .error
        case UInt8(ascii: ">"): self = Self.named(in: bytes) ?? .push
        case UInt8(ascii: "*") where hasMessages: self = Self.named(in: bytes) ?? .reply
        case UInt8(ascii: "+") where isMonitored && bytes.count > 1 && (48...57).contains(bytes[1]): self = .push
        default: self = .reply
        }
    }

    /// What the first of its elements says that it is.
    private static func named(in bytes: [UInt8]) -> TunnelledFrame? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count > 2, lines[1].first == UInt8(ascii: "$") else { return nil }
        let name = String(decoding: lines[2], as: UTF8.self)
        if name.hasSuffix("subscribe\r") { return .confirmation }
        return name.hasSuffix("message\r") ? .push : nil
    }
}
