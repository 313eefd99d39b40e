/// The options of GETEX.
struct GetExOptions {
    /// The key's new deadline; nil to leave it as it is.
    private(set) var expiry: Int64?

    init(_ call: Call, _ now: Int64) throws(CommandError) {
        var timed = ExpiryOption()
        var persists = false
        var index = 2
        while index < call.count {
            if call.argument(index, is: "persist"), !timed.isGiven {
                persists = true
            } else if !persists, timed.take(call, at: index) {
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        expiry = persists ? Entry.never : try timed.deadline(call, now)
    }
}
