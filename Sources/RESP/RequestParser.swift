#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds commands in what a client sends: multibulk (`*2\r\n$3\r\nGET\r\n…`) and inline (`GET key\r\n`).
///
/// The parser holds no input. Its owner shows it the bytes from the start of the current frame, as often as more of
/// them arrive; the parser remembers how far it came, so no byte is looked at twice however the input is cut. When a
/// frame is whole, ``command(in:)`` gives the view of it, and ``consume()`` makes ready for the next one.
///
/// Errors and limits are those of Redis 7.0 (`networking.c`: `processInlineBuffer`, `processMultibulkBuffer`).
public struct RequestParser: ~Copyable {
    /// What a look at the input came to.
    public enum Progress: Equatable {
        /// A whole command: take it with ``command(in:)``.
        case command
        /// A frame without a command (an empty line, `*0`): Redis ignores those.
        case nothing
        /// The frame goes on beyond the bytes at hand.
        case incomplete
    }

    /// The limits in force.
    public let limits: RequestLimits
    /// How many bytes of the input belong to the frame, once it is whole.
    public private(set) var frameLength = 0
    /// How many bytes the frame has at least, as far as it is known: what a buffer for it should have room for.
    public private(set) var expectedLength = 0

    private var position = 0
    private var argumentsLeft = 0
    private var bulkLength = -1
    private var arguments: UnsafeMutablePointer<ArgumentRange>
    private var argumentCapacity = Self.idleCapacity
    private var argumentCount = 0
    private var inlineFrame: UnsafeMutableRawBufferPointer?

    /// Room that an idle connection keeps; most commands have fewer arguments.
    private static let idleCapacity = 8
    private static let retainedCapacity = 1024

    /// A parser at the start of a frame.
    public init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
        self.arguments = .allocate(capacity: Self.idleCapacity)
    }

    deinit {
        arguments.deallocate()
        inlineFrame?.deallocate()
    }

    /// Reads on in the current frame, whose first byte is the first of `bytes`.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer,
        authenticated: @autoclosure () -> Bool
    ) throws(RequestError) -> Progress {
        // A command that could not be taken yet is shown again.
        if frameLength > 0 { return .command }
        guard bytes.count > position, let base = bytes.baseAddress else { return .incomplete }
        if argumentsLeft == 0 {
            guard base.load(as: UInt8.self) == UInt8(ascii: "*") else { return try parseInline(bytes) }
            if parsePlain(bytes, authenticated()) { return .command }
            guard let line = try line(in: bytes, tooLong: .multibulkLineTooLong) else { return .incomplete }
            guard let count = Decimal.parse(line), count <= Int32.max else { throw .invalidMultibulkLength }
            guard count <= RequestLimits.unauthenticatedArguments || authenticated() else {
                throw .unauthenticatedMultibulkLength
            }
            guard count > 0 else {
                frameLength = position
                return .nothing
            }
            argumentsLeft = count
        }
        return try parseArguments(bytes, authenticated: authenticated())
    }

    /// Whether a frame has begun that goes on beyond what was shown, so that its beginning need not be looked at again.
    public var isInsideFrame: Bool { argumentsLeft > 0 }

    /// The whole command that ``parse(_:authenticated:)`` found in `bytes`: a view that is valid until ``consume()``,
    /// and no longer than `bytes`.
    public func command(in bytes: UnsafeRawBufferPointer) -> Command {
        Command(
            frame: inlineFrame.map { UnsafeRawBufferPointer($0) }
                ?? UnsafeRawBufferPointer(rebasing: bytes[0..<frameLength]),
            arguments: UnsafeBufferPointer(start: arguments, count: argumentCount)
        )
    }

    /// Leaves the frame behind; the next bytes shown start a new one.
    public mutating func consume() {
        position = 0
        frameLength = 0
        expectedLength = 0
        argumentsLeft = 0
        bulkLength = -1
        argumentCount = 0
        if let inlineFrame {
            inlineFrame.deallocate()
            self.inlineFrame = nil
        }
        if argumentCapacity > Self.retainedCapacity { resizeArguments(to: Self.idleCapacity) }
    }

    /// Takes a whole frame of the usual kind at once; false if this isn't one.
    @inline(__always)
    private mutating func parsePlain(
        _ bytes: UnsafeRawBufferPointer,
        _ authenticated: @autoclosure () -> Bool
    ) -> Bool {
        let end = PlainFrame.scan(bytes, from: 0) { appendArgument(ArgumentRange(offset: $0, length: $1)) }
        guard let end, end <= limits.frameLength, limits.bulkLength >= PlainFrame.largestNumber,
            argumentCount <= RequestLimits.unauthenticatedArguments || authenticated()
        else {
            argumentCount = 0
            return false
        }
        frameLength = end
        return true
    }

    private mutating func parseArguments(
        _ bytes: UnsafeRawBufferPointer,
        authenticated: @autoclosure () -> Bool
    ) throws(RequestError) -> Progress {
        while argumentsLeft > 0 {
            if bulkLength < 0 {
                guard position < bytes.count else { return .incomplete }
                let start = position
                // An empty line has no first byte that could be left out.
                if bytes[start] == UInt8(ascii: "\r") { throw .expectedBulk(got: bytes[start]) }
                guard let line = try line(in: bytes, tooLong: .bulkLineTooLong) else { return .incomplete }
                guard bytes[start] == UInt8(ascii: "$") else { throw .expectedBulk(got: bytes[start]) }
                guard let length = Decimal.parse(line), length >= 0 else { throw .invalidBulkLength }
                guard length <= limits.bulkLength else { throw .invalidBulkLength }
                guard length <= RequestLimits.unauthenticatedBulkLength || authenticated() else {
                    throw .unauthenticatedBulkLength
                }
                guard position + length + 2 <= limits.frameLength else { throw .frameTooLong }
                bulkLength = length
                expectedLength = position + length + 2
            }
            // Redis doesn't look at the two bytes behind an argument, and neither do we.
            guard bytes.count - position >= bulkLength + 2 else { return .incomplete }
            appendArgument(ArgumentRange(offset: position, length: bulkLength))
            position += bulkLength + 2
            bulkLength = -1
            argumentsLeft -= 1
        }
        frameLength = position
        return .command
    }

    /// The rest of a `*` or `$` line at `position`, without its first byte; moves `position` behind the line.
    private mutating func line(
        in bytes: UnsafeRawBufferPointer,
        tooLong: RequestError
    ) throws(RequestError) -> UnsafeRawBufferPointer? {
        let base = bytes.baseAddress.unsafelyUnwrapped
        let count = bytes.count
        // Nearly every length has one to three digits: look at those before asking libc.
        var end = position + 1
        let near = min(count, position + 6)
        while end < near, base.load(fromByteOffset: end, as: UInt8.self) != UInt8(ascii: "\r") { end += 1 }
        if end == near {
            guard let found = memchr(base + end, Int32(UInt8(ascii: "\r")), count - end) else {
                if count - position > limits.lineLength { throw tooLong }
                return nil
            }
            end = UnsafeRawPointer(found) - base
        }
        guard end + 1 < count else { return nil }
        let line = UnsafeRawBufferPointer(start: base + position + 1, count: end - position - 1)
        position = end + 2
        return line
    }

    private mutating func parseInline(_ bytes: UnsafeRawBufferPointer) throws(RequestError) -> Progress {
        let base = bytes.baseAddress.unsafelyUnwrapped
        guard let found = memchr(base + position, Int32(UInt8(ascii: "\n")), bytes.count - position) else {
            position = bytes.count
            if bytes.count > limits.lineLength { throw .inlineTooLong }
            return .incomplete
        }
        let end = UnsafeRawPointer(found) - base
        let hasReturn = end > 0 && bytes[end - 1] == UInt8(ascii: "\r")
        let line = UnsafeRawBufferPointer(rebasing: bytes[0..<(hasReturn ? end - 1 : end)])
        guard let command = InlineCommand(line) else { throw .unbalancedQuotes }
        frameLength = end + 1
        guard !command.arguments.isEmpty else { return .nothing }
        for range in command.arguments { appendArgument(range) }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: command.frame.count, alignment: 1)
        copy.copyBytes(from: command.frame)
        inlineFrame = copy
        return .command
    }

    @inline(__always)
    private mutating func appendArgument(_ range: ArgumentRange) {
        if argumentCount == argumentCapacity { resizeArguments(to: argumentCapacity * 2) }
        (arguments + argumentCount).initialize(to: range)
        argumentCount += 1
    }

    @inline(never)
    private mutating func resizeArguments(to capacity: Int) {
        let larger = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: capacity)
        larger.update(from: arguments, count: argumentCount)
        arguments.deallocate()
        arguments = larger
        argumentCapacity = capacity
    }
}
