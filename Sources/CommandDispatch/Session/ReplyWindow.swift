/// How many commands of one session may be without a reply.
///
/// A client that asks for much and reads nothing can't be stopped by not reading from the server: that connection
/// serves others too. So what is still to come for it must be bounded before it is asked for. The window begins small
/// and doubles while replies come in; when they are big it shrinks until about eight megabytes are on the way.
struct ReplyWindow {
    /// How many commands may be outstanding.
    private(set) var size: Int

    private var allowance: Int
    private var averageReply = 0
    private var unfinishedReply = 0

    /// What a client is allowed of whom nothing is known.
    static let initialSize = 16
    private static let largestSize = 256
    private static let bytesOnTheWay = 8 << 20

    /// A window of `size` commands, which shrinks if their replies are big.
    init(size: Int = Self.initialSize) {
        self.size = size
        allowance = size
    }

    /// Takes note of `bytes` in which `replies` replies ended.
    @inline(__always)
    mutating func received(_ bytes: Int, replies: Int) {
        unfinishedReply += bytes
        guard replies > 0 else { return }
        // Rises at once, falls slowly.
        averageReply = max(unfinishedReply / replies, averageReply - averageReply / 8)
        unfinishedReply = 0
        if allowance < Self.largestSize { allowance = min(Self.largestSize, allowance + replies) }
        size = averageReply * allowance <= Self.bytesOnTheWay ? allowance : max(1, Self.bytesOnTheWay / averageReply)
    }
}
