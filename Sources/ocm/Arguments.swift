/// What stands on the command line.
enum Arguments {
    /// The arguments behind the program's name.
    ///
    /// - Throws: a usage error when one isn't UTF-8. Repaired, as Swift would have it, it would be the name of another
    ///   key.
    static func given() throws -> [String] {
        let pointers = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)).dropFirst()
        return try pointers.compactMap { $0 }.enumerated().map { index, pointer in
            guard let argument = String(validatingCString: pointer) else {
                throw StandardError.usageError(
                    "argument \(index + 1) isn't UTF-8; a value that isn't can be given on the standard input"
                )
            }
            return argument
        }
    }
}
