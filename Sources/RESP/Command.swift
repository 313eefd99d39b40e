/// One command in place: its whole frame as canonical multibulk bytes, and where its arguments stand.
///
/// A view of the parser's input: it is valid only until the call it was passed to returns. Nothing is copied to make
/// one, so forwarding a command is one copy of ``frame``.
public struct Command {
    /// The command as it goes upstream: `*N\r\n$len\r\n…`, nothing before it and nothing behind it.
    public let frame: UnsafeRawBufferPointer
    @usableFromInline let arguments: UnsafeBufferPointer<ArgumentRange>

    /// A command whose arguments stand at `arguments` in `frame`.
    @inlinable
    public init(frame: UnsafeRawBufferPointer, arguments: UnsafeBufferPointer<ArgumentRange>) {
        self.frame = frame
        self.arguments = arguments
    }

    /// How many arguments, the command's name included. Never 0.
    @inlinable public var count: Int { arguments.count }

    /// The bytes of argument `index`; 0 is the command's name.
    @inlinable
    public subscript(index: Int) -> UnsafeRawBufferPointer {
        let range = arguments[index]
        return UnsafeRawBufferPointer(
            start: frame.baseAddress.unsafelyUnwrapped + Int(range.offset),
            count: Int(range.length)
        )
    }

    /// The part of the frame behind argument `index`: the arguments that follow, each with its length before it.
    @inlinable
    public func bytes(behind index: Int) -> UnsafeRawBufferPointer {
        let range = arguments[index]
        return UnsafeRawBufferPointer(rebasing: frame[(Int(range.offset) + Int(range.length) + 2)...])
    }

    /// Whether argument `index` is the option `word` (given in lower case), in whatever case the client wrote it. As
    /// Redis compares options with `strcasecmp`, nothing from a zero byte on counts.
    public func argument(_ index: Int, is word: StaticString) -> Bool {
        let bytes = self[index]
        let count = word.utf8CodeUnitCount
        guard bytes.count == count || (bytes.count > count && bytes[count] == 0) else { return false }
        return (0..<count).allSatisfy { bytes[$0].lowercasedASCII == word.utf8Start[$0] }
    }

    /// Whether it is, or may be, the subcommand `word` (given in lower case). Redis looks these up in a table, by a
    /// hash of all their bytes, but compares them as it does options: with a zero byte behind it one may be found.
    public func subcommand(is word: StaticString) -> Bool { count > 1 && argument(1, is: word) }

    /// Argument `index` as a string, for logs and messages; bytes that are not UTF-8 are replaced.
    public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}

extension UInt8 {
    /// The lower case of an ASCII letter, any other byte as it is.
    @inlinable public var lowercasedASCII: UInt8 { self &- 65 < 26 ? self | 0x20 : self }
}
