/// Why a command isn't executed, in Redis's words.
struct CommandError: Error {
    /// The error line without its `-`.
    let text: [UInt8]

    init(text: String) { self.text = Array(text.utf8) }

    /// An error that ends with an argument: up to its first NUL, and without line ends behind it, as Redis has it.
    init(text: String, quoting argument: UnsafeRawBufferPointer) {
        var quoted = argument.prefix { $0 != 0 }[...]
        while let last = quoted.last, last == 13 || last == 10 { quoted.removeLast() }
        self.text = Array(text.utf8) + quoted
    }

    static let syntax = CommandError(text: "ERR syntax error")
    static let notAnInteger = CommandError(text: "ERR value is not an integer or out of range")
    static let notAFloat = CommandError(text: "ERR value is not a valid float")
    static let hashValueNotAnInteger = CommandError(text: "ERR hash value is not an integer")
    static let hashValueNotAFloat = CommandError(text: "ERR hash value is not a float")
    static let overflow = CommandError(text: "ERR increment or decrement would overflow")
    static let decrementOverflow = CommandError(text: "ERR decrement would overflow")
    static let notFinite = CommandError(text: "ERR increment would produce NaN or Infinity")
    static let notFiniteArgument = CommandError(text: "ERR value is NaN or Infinity")
    static let wrongType = CommandError(text: "WRONGTYPE Operation against a key holding the wrong kind of value")
    static let noSuchKey = CommandError(text: "ERR no such key")
    static let offsetOutOfRange = CommandError(text: "ERR offset is out of range")
    static let outOfRange = CommandError(text: "ERR value is out of range")
    static let tooLong = CommandError(text: "ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    static let replyTooLarge = CommandError(text: "ERR the reply is larger than 1 GB: ask for less at once")
    static let outOfMemory = CommandError(text: "OOM command not allowed when used memory > 'maxmemory'.")
    static let sameObject = CommandError(text: "ERR source and destination objects are the same")
    static let dbOutOfRange = CommandError(text: "ERR DB index is out of range")
    static let invalidCursor = CommandError(text: "ERR invalid cursor")

    static func wrongArity(_ name: String) -> CommandError {
        CommandError(text: "ERR wrong number of arguments for '\(name)' command")
    }

    static func invalidExpireTime(_ name: String) -> CommandError {
        CommandError(text: "ERR invalid expire time in '\(name)' command")
    }
}
