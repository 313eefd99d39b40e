import RESP

/// A command on its way to be executed, with what its session has to do with it.
struct Call {
    /// The command itself.
    let command: Command
    /// The session's database.
    let db: Int
    /// The version that its reply is to be in.
    let version: RESPVersion

    @inline(__always) var count: Int { command.count }

    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer { command[index] }

    /// The key of a command that has its first one in front.
    @inline(__always) var key: UnsafeRawBufferPointer { command[1] }

    func argument(_ index: Int, is word: StaticString) -> Bool { command.argument(index, is: word) }

    /// Whether options of SET are among the arguments with which it makes a difference what was there.
    var asksForOldValue: Bool {
        count > 3
            && (3..<count).contains { index in
                argument(index, is: "nx") || argument(index, is: "xx") || argument(index, is: "get")
                    || argument(index, is: "keepttl")
            }
    }

    /// Argument `index` as a number.
    func integer(_ index: Int) throws(CommandError) -> Int {
        guard let number = Decimal.parse(command[index]) else { throw .notAnInteger }
        return number
    }

    /// Argument `index` as the number of a database.
    func database(_ index: Int) throws(CommandError) -> Int {
        let db = try integer(index)
        guard (0..<EmbeddedStore.databases).contains(db) else { throw .dbOutOfRange }
        return db
    }

    /// The command's name as error messages have it.
    var name: String { command.string(0).lowercased() }
}
