/// The name of a value.
///
/// Redis's clients can name a value by any bytes, so a list of keys may have some that aren't text. Such a key can't be
/// asked for over HTTP from here: URLs whose escapes aren't UTF-8 don't pass through Foundation's `URL`.
///
/// Two keys are equal if their bytes are, which is what Redis goes by; strings can be equal to Swift that aren't to
/// Redis.
public struct CacheKey: Hashable, Sendable {
    /// Its bytes.
    public let bytes: [UInt8]

    /// A key of these bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// A key of text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The text that it is; nil if it isn't UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }

    /// The bytes of a key that can be asked for.
    ///
    /// - Throws: ``CacheClientError/Code/invalidArgument`` if it can't.
    var askableBytes: [UInt8] {
        get throws(CacheClientError) {
            guard !bytes.isEmpty else { throw CacheClientError(.invalidArgument, "a key needs at least one byte") }
            guard text != nil else {
                throw CacheClientError(.invalidArgument, "the key '\(self)' isn't UTF-8: only Redis clients can use it")
            }
            return bytes
        }
    }
}

extension CacheKey: ExpressibleByStringInterpolation {
    /// A key of text.
    public init(stringLiteral text: String) { self.init(text) }
}

extension CacheKey: CustomStringConvertible {
    /// Its text, with `\u{FFFD}` for what isn't UTF-8.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
