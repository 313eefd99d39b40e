import FoundationEssentials
import JSON
import NIOCore

/// Writes JSON texts.
extension ByteBuffer {
    /// A string of UTF-8 bytes, with its quotation marks.
    mutating func writeJSONString(_ text: UnsafeRawBufferPointer) {
        writeInteger(UInt8(ascii: "\""))
        var start = 0
        for (position, byte) in text.enumerated() {
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            writeBytes(text[start..<position])
            start = position + 1
            switch byte {
            case UInt8(ascii: "\""): writeStaticString("\\\"")
            case UInt8(ascii: "\\"): writeStaticString("\\\\")
            case 0x0A: writeStaticString("\\n")
            case 0x0D: writeStaticString("\\r")
            case 0x09: writeStaticString("\\t")
            default:
                writeStaticString("\\u00")
                writeInteger(HexDigit.digit(byte >> 4))
                writeInteger(HexDigit.digit(byte & 15))
            }
        }
        writeBytes(text[start...])
        writeInteger(UInt8(ascii: "\""))
    }

    /// A string.
    mutating func writeJSONString(_ text: String) {
        var text = text
        text.withUTF8 { writeJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// Bytes that aren't UTF-8, as a string of base64.
    mutating func writeBase64(_ bytes: UnsafeRawBufferPointer) {
        writeInteger(UInt8(ascii: "\""))
        writeBytes(Data(bytes).base64EncodedData())
        writeInteger(UInt8(ascii: "\""))
    }

    /// Stored bytes as a value: themselves if they are JSON, else a string; in base64 if they aren't UTF-8.
    ///
    /// - Returns: whether it had to be base64.
    @discardableResult
    mutating func writeStoredValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if JSONScanner.isValid(bytes) {
            writeBytes(bytes)
        } else if UTF8Sequence.isValid(bytes) {
            writeJSONString(bytes)
        } else {
            writeBase64(bytes)
            return true
        }
        return false
    }

    /// Stored bytes as a string; in base64 if they aren't UTF-8.
    ///
    /// - Returns: whether it had to be base64.
    @discardableResult
    mutating func writeStoredString(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard UTF8Sequence.isValid(bytes) else {
            writeBase64(bytes)
            return true
        }
        writeJSONString(bytes)
        return false
    }

    /// An array whose elements `write` writes.
    mutating func writeJSONArray<Element>(
        _ elements: some Sequence<Element>,
        _ write: (inout ByteBuffer, Element) -> Void
    ) {
        writeInteger(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { writeInteger(UInt8(ascii: ",")) }
            write(&self, element)
        }
        writeInteger(UInt8(ascii: "]"))
    }
}
