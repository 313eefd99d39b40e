import JSON

/// What a client's JSON value is to be stored as.
///
/// A string that is no JSON text itself is stored without its quotation marks and escapes, so that redis-cli sees plain
/// text; everything else as it was sent, byte for byte. That is unambiguous: what is shown as JSON is exactly what is
/// JSON.
enum StoredValue {
    /// The bytes to store for the value `token`, which ``JSONScanner`` has read over.
    static func bytes(_ token: UnsafeRawBufferPointer) -> [UInt8] {
        guard token.first == UInt8(ascii: "\""), let text = JSONString.unescape(token),
            !text.withUnsafeBytes({ JSONScanner.isValid($0) })
        else { return Array(token) }
        return text
    }
}
