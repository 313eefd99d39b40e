/// What has to happen before the reply of a command that was sent leaves for the client: one for each key it names.
struct CommandMark {
    /// What the command does to the key.
    enum Effect: UInt8 {
        /// Nothing.
        case none
        /// It reads the key.
        case read
        /// It reads the key for the cache, which sees to it.
        case fill
        /// It may write the key.
        case write
        /// Its reply, if it isn't empty, is what somebody has written, together with other keys as a rule.
        case news
        /// It may write keys that can't be told from it.
        case anyKey
        /// What is cached is worth nothing any more; ``CommandMark/hash`` is the reason.
        case flush

        /// Whether it concerns keys that its command doesn't name.
        var isOnAnyKey: Bool { self == .news || self == .anyKey || self == .flush }
    }

    /// The key's hash.
    let hash: UInt64
    /// When the command was sent: the loop's clock in microseconds, its lower half; or ``untimed``.
    let sentAt: UInt32
    /// The command's number in the table.
    let command: UInt16
    let effect: Effect
    /// Whether it is the last of its command's marks.
    var isLast: Bool

    /// How long the reply takes isn't counted. (Nor is it once in 71 minutes, for a microsecond.)
    static let untimed: UInt32 = 0
}
