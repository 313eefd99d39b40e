/// A command seen from afar: name and first key of one that stands further on in the input, before its turn comes.
///
/// It is only good for hints. Whatever isn't a ``PlainFrame`` of a few arguments isn't recognized.
public struct CommandGlance {
    /// The command's name.
    public let name: UnsafeRawBufferPointer
    /// Its first argument.
    public let key: UnsafeRawBufferPointer
    /// Where the next command begins.
    public let end: Int

    /// To look at many arguments twice costs more than it is good for.
    private static let mostArguments = 8

    /// The command that begins at `start`, if it has arguments.
    @inline(__always)
    public init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var key = name
        var index = 0
        let end = PlainFrame.scan(bytes, from: start, most: Self.mostArguments) { offset, length in
            let argument = UnsafeRawBufferPointer(start: bytes.baseAddress.unsafelyUnwrapped + offset, count: length)
            if index == 0 { name = argument } else if index == 1 { key = argument }
            index &+= 1
        }
        guard let end, index > 1 else { return nil }
        self.name = name
        self.key = key
        self.end = end
    }
}
