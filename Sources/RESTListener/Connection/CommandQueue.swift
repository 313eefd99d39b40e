import NIOCore
import RESP

/// Commands on their way to the dispatcher.
///
/// A connection has one and uses it again for every request, so that a request with a short command allocates nothing
/// for it.
struct CommandQueue {
    private var frames = ByteBuffer()
    private var arguments: [ArgumentRange] = []
    private var sizes: [(frame: Int, arguments: Int)] = []
    private var next = 0
    private var nextArgument = 0

    /// What stays allocated between requests, in bytes.
    private static let retainedSize = 16 << 10

    /// Whether there is none.
    var isEmpty: Bool { next == sizes.count }

    /// Adds a command of `count` arguments, its name included, which `write` writes one by one.
    mutating func add(_ count: Int, _ write: (inout ArgumentWriter) -> Void) {
        var writer = ArgumentWriter(frames: frames, arguments: arguments)
        frames = ByteBuffer()
        arguments = []
        writer.begin(count)
        write(&writer)
        precondition(writer.written == count, "a command has as many arguments as it says")
        (frames, arguments) = (writer.frames, writer.arguments)
        sizes.append((writer.frames.writerIndex - writer.start, count))
    }

    /// Shows the next command.
    func withNext<Result>(_ body: (Command) -> Result) -> Result {
        let size = sizes[next]
        return frames.withUnsafeReadableBytes { bytes in
            arguments.withUnsafeBufferPointer { ranges in
                body(
                    Command(
                        frame: UnsafeRawBufferPointer(rebasing: bytes[..<size.frame]),
                        arguments: UnsafeBufferPointer(rebasing: ranges[nextArgument..<(nextArgument + size.arguments)])
                    )
                )
            }
        }
    }

    /// The next command has been taken.
    mutating func removeNext() {
        frames.moveReaderIndex(forwardBy: sizes[next].frame)
        nextArgument += sizes[next].arguments
        next += 1
        guard isEmpty else { return }
        removeAll()
    }

    /// None is left.
    mutating func removeAll() {
        if frames.capacity > Self.retainedSize { frames = ByteBuffer() } else { frames.clear() }
        arguments.removeAll(keepingCapacity: arguments.count < Self.retainedSize / 8)
        sizes.removeAll(keepingCapacity: sizes.count < Self.retainedSize / 16)
        next = 0
        nextArgument = 0
    }
}

/// Writes the arguments of one command.
struct ArgumentWriter {
    fileprivate var frames: ByteBuffer
    fileprivate var arguments: [ArgumentRange]
    fileprivate var start = 0
    fileprivate var written = 0

    fileprivate init(frames: ByteBuffer, arguments: [ArgumentRange]) {
        self.frames = frames
        self.arguments = arguments
    }

    fileprivate mutating func begin(_ count: Int) {
        start = frames.writerIndex
        frames.writeArrayHeader(count)
    }

    /// The next argument.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        frames.writeBulkString(bytes)
        arguments.append(ArgumentRange(offset: frames.writerIndex - start - bytes.count - 2, length: bytes.count))
        written += 1
    }

    /// The next argument.
    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// The next argument.
    mutating func add(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { add($0) } }

    /// The next argument.
    mutating func add(_ text: StaticString) {
        add(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The next argument.
    mutating func add(_ number: Int) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { target in
            let length = Decimal.write(number, to: target.baseAddress.unsafelyUnwrapped)
            add(UnsafeRawBufferPointer(rebasing: target[..<length]))
        }
    }
}
