/// The option of SET and GETEX that says when the key is to expire. It may be given again, but not in another unit.
struct ExpiryOption {
    private var given: (time: ExpireTime, index: Int)?

    /// Whether there is one.
    var isGiven: Bool { given != nil }

    /// Takes the option at `index` and the number behind it; false if that is none, or one that doesn't go with the
    /// one before.
    mutating func take(_ call: Call, at index: Int) -> Bool {
        guard index + 1 < call.count, let time = ExpireTime(call, index), given == nil || given?.time == time else {
            return false
        }
        given = (time, index + 1)
        return true
    }

    /// The deadline that it gives; nil if there is none.
    func deadline(_ call: Call, _ now: Int64) throws(CommandError) -> Int64? {
        guard let (time, index) = given else { return nil }
        return try time.deadline(try call.integer(index), now, of: call, mustBePositive: true)
    }
}
