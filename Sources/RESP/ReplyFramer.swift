/// Finds where replies end in what a server sends, without keeping or decoding them.
///
/// RESP2 and RESP3, however the input is cut: the framer needs no byte twice. An aggregate adds its elements to a
/// single count of what is still open, so nesting needs no stack and a hostile depth costs nothing. An attribute adds
/// its pairs and stays in front of the value it describes. A push inside an aggregate adds its elements, too: Redis
/// sends what it has to say to a client in the middle of that client's EXEC. It takes the place of one only where it
/// answers a command of that transaction, as the confirmations of SUBSCRIBE and its kin do, by whose name they are
/// known.
public struct ReplyFramer: Sendable {
    /// The first byte of the current frame, or of the last one when that is whole: `+`, `-`, `:`, `$`, `*`, `>`, ….
    public private(set) var kind: UInt8 = 0

    private var open = 0
    private var payloadLeft = 0
    private var lineKind: UInt8 = 0
    private var length = 0
    private var negative = false
    private var hasDigits = false
    private var sawReturn = false
    /// The next string is the name of a push inside an aggregate.
    private var isNameNext = false
    /// The last bytes of that name, as far as it has come.
    private var endOfName: UInt64 = 0

    /// What the names of confirmations end in, but for the first letter: `subscribe`.
    private static let confirmation = "ubscribe".utf8.reduce(0) { $0 << 8 | UInt64($1) }

    /// Lengths above this are taken for garbage: 1 TiB, far above anything that Redis can send.
    private static let maximumLength = 1 << 40

    /// A framer at the start of a frame.
    public init() {}

    /// Whether the current frame goes on beyond the last byte seen.
    public var isInsideFrame: Bool { open > 0 }

    /// Reads on from `start` and returns the index behind the current frame's last byte, or nil when the frame goes on
    /// beyond `bytes`.
    public mutating func endOfFrame(
        in bytes: UnsafeRawBufferPointer,
        from start: Int
    ) throws(ReplyFramingError) -> Int? {
        if open == 0, let end = Self.endOfShortString(in: bytes, from: start) {
            kind = UInt8(ascii: "$")
            return end
        }
        var index = start
        let count = bytes.count
        while true {
            if payloadLeft > 0 {
                let taken = min(payloadLeft, count - index)
                if isNameNext { readName(UnsafeRawBufferPointer(rebasing: bytes[index..<(index + taken)])) }
                index += taken
                payloadLeft -= taken
                if payloadLeft > 0 { return nil }
                if isNameNext { closeName() }
                if closeElement() { return index }
            }
            guard index < count else { return nil }
            if lineKind == 0 {
                let byte = bytes[index]
                if open == 0 {
                    kind = byte
                    open = 1
                }
                lineKind = byte
                index += 1
                length = 0
                negative = false
                hasDigits = false
                sawReturn = false
            }
            guard let next = try endOfLine(in: bytes, from: index) else { return nil }
            index = next
            let finished = try applyLine()
            if finished { return index }
        }
    }

    /// The end of a bulk string of less than 10,000 bytes that is there whole, which most replies are.
    @inline(__always)
    private static func endOfShortString(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        return PlainFrame.bulkString(base, bytes.count, &index) == nil ? nil : index
    }

    /// Reads to the end of the current line, collecting its number when its kind has one.
    @inline(__always)
    private mutating func endOfLine(
        in bytes: UnsafeRawBufferPointer,
        from start: Int
    ) throws(ReplyFramingError) -> Int? {
        var index = start
        let isNumber = try Self.hasLength(lineKind)
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if sawReturn {
                if byte == UInt8(ascii: "\n") { return index }
                guard !isNumber else { throw .malformedLength }
                sawReturn = byte == UInt8(ascii: "\r")
            } else if byte == UInt8(ascii: "\r") {
                sawReturn = true
            } else if isNumber {
                let digit = byte &- 48
                if digit <= 9 {
                    length = length &* 10 &+ Int(digit)
                    hasDigits = true
                    guard length <= Self.maximumLength else { throw .malformedLength }
                } else {
                    guard byte == UInt8(ascii: "-"), !hasDigits, !negative else { throw .malformedLength }
                    negative = true
                }
            }
        }
        return nil
    }

    /// Acts on a whole line; true when that ends the frame.
    @inline(__always)
    private mutating func applyLine() throws(ReplyFramingError) -> Bool {
        let kind = lineKind
        lineKind = 0
        guard try Self.hasLength(kind) else {
            isNameNext = false
            return closeElement()
        }
        guard hasDigits, !negative || length == 1 else { throw .malformedLength }
        if negative || kind != UInt8(ascii: "$") { isNameNext = false }
        if negative { return closeElement() }
        switch kind {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            payloadLeft = length + 2
            return false
        case UInt8(ascii: "*"), UInt8(ascii: "~"):
            try expect(length)
            return closeElement()
        case UInt8(ascii: "%"):
            try expect(2 * length)
            return closeElement()
        case UInt8(ascii: "|"):
            try expect(2 * length)
            return false
        default:
            // A push: as a frame of its own it is the element, inside another frame its name has to tell.
            let isFrame = self.kind == kind && open == 1
            try expect(length)
            guard !isFrame else { return closeElement() }
            isNameNext = length > 0
            endOfName = 0
            return false
        }
    }

    /// Reads on in the name of a push, behind which comes the end of its line.
    @inline(never)
    private mutating func readName(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes.prefix(max(0, payloadLeft - 2)) { endOfName = endOfName << 8 | UInt64(byte) }
    }

    /// A confirmation is the element that it stands in place of.
    @inline(never)
    private mutating func closeName() {
        isNameNext = false
        if endOfName == Self.confirmation { open -= 1 }
    }

    /// So many more elements are to come.
    @inline(__always)
    private mutating func expect(_ elements: Int) throws(ReplyFramingError) {
        open += elements
        guard open <= Self.maximumLength else { throw .malformedLength }
    }

    @inline(__always)
    private mutating func closeElement() -> Bool {
        open -= 1
        return open == 0
    }

    /// Whether a line of `kind` carries a length; throws for a byte that starts no RESP value.
    @inline(__always)
    private static func hasLength(_ kind: UInt8) throws(ReplyFramingError) -> Bool {
        switch kind {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: ","),
            UInt8(ascii: "#"), UInt8(ascii: "("):
            return false
        case UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "~"), UInt8(ascii: ">"),
            UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "|"):
            return true
        default:
            throw .unknownKind(kind)
        }
    }
}
