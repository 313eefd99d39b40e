import JSON
import NIOCore

extension ByteBuffer {
    /// A reply as JSON, in the shape that RESP2 gives it.
    mutating func writeReply(_ cursor: inout ReplyCursor) {
        // How many elements of each open array are still to come: replies may be nested as deeply as a script likes.
        var open: [Int] = []
        while true {
            var isArray = false
            switch cursor.next() {
            case .status(let text), .string(let text): writeReplyString(text)
            case .integer(let digits): writeBytes(digits)
            case .null: writeStaticString("null")
            case .error(let text):
                writeStaticString("{\"error\":")
                writeJSONString(String(decoding: text, as: UTF8.self))
                writeStaticString("}")
            case .array(let count):
                writeStaticString(count == 0 ? "[]" : "[")
                if count > 0 {
                    open.append(count)
                    isArray = true
                }
            }
            guard !isArray else { continue }
            while let left = open.last, left == 1 {
                writeStaticString("]")
                open.removeLast()
            }
            guard let left = open.popLast() else { return }
            open.append(left - 1)
            writeStaticString(",")
        }
    }

    private mutating func writeReplyString(_ text: UnsafeRawBufferPointer) {
        guard UTF8Sequence.isValid(text) else {
            writeStaticString("{\"value\":")
            writeBase64(text)
            writeStaticString(",\"encoding\":\"base64\"}")
            return
        }
        writeJSONString(text)
    }
}
