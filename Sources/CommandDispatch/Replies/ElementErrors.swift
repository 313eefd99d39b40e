import RESP

/// Looks through an array, as it comes, for elements that are errors.
struct ElementErrors {
    /// Whether one has begun.
    private(set) var isFound = false
    private var framer = ReplyFramer()
    private var isInHeader = true
    private var isAtElement = true

    /// The next bytes of the array have come.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        if isInHeader {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return }
            isInHeader = false
            index = end + 1
        }
        while index < bytes.count, !isFound {
            isFound = isAtElement && bytes[index] == UInt8(ascii: "-")
            let end = try? framer.endOfFrame(in: bytes, from: index)
            isAtElement = end != nil
            index = end ?? bytes.count
        }
    }
}
