/// The options of GETEX.
struct GetExOptions {
    /// The key's new deadline; nil to leave it as it is.
    private(set) var expiry: Int64?

    init(_ call: Call, _ now: Int64) throws(CommandError) {
        var timed: (ExpireTime, index: Int)?
        var persists = false
        var index = 2
        while index < call.count {
            if call.argument(index, is: "persist"), timed == nil {
                persists = true
            } else if !persists, index + 1 < call.count, let time = ExpireTime(call, index),
                timed == nil || timed?.0 == time
            {
                timed = (time, index + 1)
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        if persists { expiry = Entry.never }
        guard let (time, index) = timed else { return }
        expiry = try time.deadline(try call.integer(index), now, of: call, mustBePositive: true)
    }
}
