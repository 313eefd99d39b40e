import CHiredis
import RESP

/// Decodes RESP2 replies into values with hiredis's own reader, for replies that are read rather than passed on.
public final class HiredisReplyDecoder {
    private let reader: UnsafeMutablePointer<redisReader>

    /// Why a reply can't be decoded, in hiredis's words.
    public struct DecodingError: Error {
        /// The words.
        public let message: String
    }

    /// A decoder at the start of a reply.
    public init() {
        guard let reader = redisReaderCreate() else { preconditionFailure("out of memory for a hiredis reader") }
        self.reader = reader
    }

    deinit { redisReaderFree(reader) }

    /// Takes the next bytes from the server.
    public func feed(_ bytes: UnsafeRawBufferPointer) {
        redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// The next whole reply, or nil when more bytes are needed first.
    public func next() throws(DecodingError) -> RESPValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else {
            throw DecodingError(
                message: withUnsafeBytes(of: reader.pointee.errstr) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return Self.value(reply.assumingMemoryBound(to: redisReply.self))
    }

    private static func value(_ reply: UnsafeMutablePointer<redisReply>) -> RESPValue {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_STATUS: return .simpleString(String(decoding: bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(Int(reply.integer))
        case REDIS_REPLY_STRING: return .bulkString(Array(bytes(of: reply)))
        case REDIS_REPLY_ARRAY:
            return .array((0..<Int(reply.elements)).compactMap { reply.element[$0].map(value) })
        default: return .null
        }
    }

    private static func bytes(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len))
    }
}
