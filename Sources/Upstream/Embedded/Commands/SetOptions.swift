import RESP

/// The options of SET.
struct SetOptions {
    /// On what it depends whether the value is set.
    enum Condition {
        case ifAbsent
        case ifPresent
    }

    private(set) var condition: Condition?
    /// Whether the reply is the value from before.
    private(set) var returnsOld = false
    /// Whether the key's deadline stays what it was.
    private(set) var keepsExpiry = false
    /// The key's deadline.
    private(set) var expiry = Entry.never

    init(_ call: Call, _ now: Int64) throws(CommandError) {
        var timed = ExpiryOption()
        var index = 3
        while index < call.count {
            if call.argument(index, is: "nx"), condition != .ifPresent {
                condition = .ifAbsent
            } else if call.argument(index, is: "xx"), condition != .ifAbsent {
                condition = .ifPresent
            } else if call.argument(index, is: "get") {
                returnsOld = true
            } else if call.argument(index, is: "keepttl"), !timed.isGiven {
                keepsExpiry = true
            } else if !keepsExpiry, timed.take(call, at: index) {
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        if let deadline = try timed.deadline(call, now) { expiry = deadline }
    }
}
