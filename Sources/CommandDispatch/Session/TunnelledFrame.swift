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

    /// The frame that begins with `bytes`. An ordinary reply may look like a message of RESP2.
    init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        switch (bytes.first, lines.first?.dropFirst().first) {
        case (UInt8(ascii: "-"), _): self = .error
        case (UInt8(ascii: ">"), _): self = Self.named(in: lines) ?? .push
        case (UInt8(ascii: "*"), UInt8(ascii: "3")), (UInt8(ascii: "*"), UInt8(ascii: "4")):
            self = Self.named(in: lines) ?? .reply
        case (UInt8(ascii: "+"), let second?) where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(second):
            self = .push
        default: self = .reply
        }
    }

    /// What the first of its elements says that it is.
    private static func named(in lines: [ArraySlice<UInt8>]) -> TunnelledFrame? {
        guard lines.count > 2, lines[1].first == UInt8(ascii: "$") else { return nil }
        let name = String(decoding: lines[2], as: UTF8.self)
        if name.hasSuffix("subscribe\r") { return .confirmation }
        return name.hasSuffix("message\r") ? .push : nil
    }
}
