/// The name of a value. Most are text, but any bytes will do.
///
/// Two keys are equal if their bytes are, which is what Redis goes by; strings can be equal to Swift that aren't to Redis.
public struct CacheKey: Hashable, Sendable {
    /// Its bytes.
    public let bytes: [UInt8]

    /// A key of these bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// A key of text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The text that it is; nil if it isn't UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension CacheKey: ExpressibleByStringInterpolation {
    /// A key of text.
    public init(stringLiteral text: String) { self.init(text) }
}

extension CacheKey: CustomStringConvertible {
    /// Its text, with `\u{FFFD}` for what isn't UTF-8.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
