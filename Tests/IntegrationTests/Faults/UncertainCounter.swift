import TestSupport

/// What INCR may answer, given that some earlier ones may or may not have been executed, and that the server may have
/// begun anew with nothing.
struct UncertainCounter {
    private var last = 0
    private var unknown = 0

    /// One more INCR was sent, and nothing is known of its outcome.
    mutating func noteUnknown() { unknown += 1 }

    /// Takes a reply to INCR; fails when a command was executed more often than it was sent, or not at all.
    mutating func check(_ reply: String) throws {
        if reply.hasPrefix("-") {
            if reply.contains("may or may not") { noteUnknown() }
            return
        }
        guard let value = reply.integerReply else { throw TestError("INCR said \(reply)") }
        let possible = [last + 1...last + 1 + unknown, 1...1 + unknown]
        guard possible.contains(where: { $0.contains(value) }) else {
            throw TestError("INCR said \(value) after \(last), with \(unknown) of unknown outcome in between")
        }
        last = value
        unknown = 0
    }
}
