import CommandDispatch
import NIOCore
import NIOHTTP1

/// Writes responses as HTTP/1.1 has them, straight into a buffer.
struct ResponseWriter {
    /// What of the request bears on how its response is written.
    struct Context {
        /// Whether the request was HEAD, whose response has no body.
        var isHead = false
        /// Whether the connection goes on.
        var keepsAlive = true
        /// Whether an HTTP/1.0 client has to be told that it does.
        var mentionsKeepAlive = false
        /// Header lines that let a page of another origin see the response.
        var crossOrigin = ""
        /// What the client has.
        var ifNoneMatch: String?
        /// How the body may be compressed.
        var coding: ContentCoding?
    }

    /// Bodies longer than this are not copied behind their heads.
    private static let longestCopy = 16 << 10

    /// Whether the client has this body already, in whatever coding.
    static func isNotModified(_ response: Response, _ context: Context) -> Bool { known(response, context) != nil }

    /// The coding in which the client has this body already: nil if it hasn't, nothing in it if in none.
    private static func known(_ response: Response, _ context: Context) -> ContentCoding?? {
        guard response.status == .ok, let tag = response.entityTag, let names = context.ifNoneMatch else { return nil }
        let codings = [nil] + ContentCoding.allCases.map(Optional.some)
        return codings.first { tag.isNamed(in: names, coding: $0) }
    }

    /// The head, with the body behind it if that is short; else the body is to be written next.
    ///
    /// - Parameters:
    ///   - coding: how the body has been compressed.
    ///   - date: the line with the `Date` header.
    static func write(
        _ response: Response,
        _ context: Context,
        coding: ContentCoding?,
        date: ByteBuffer,
        into buffer: inout ByteBuffer
    ) -> ByteBuffer? {
        let known = known(response, context)
        let isNotModified = known != nil
        writeStatus(isNotModified ? .notModified : response.status, into: &buffer)
        buffer.writeImmutableBuffer(date)
        if !isNotModified, response.status != .noContent {
            buffer.writeStaticString("Content-Type: ")
            buffer.writeStaticString(response.contentType)
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeDecimal(response.body.readableBytes)
            buffer.writeStaticString("\r\n")
            if let coding { buffer.writeString("Content-Encoding: \(coding.rawValue)\r\n") }
        }
        if let tag = response.entityTag {
            buffer.writeStaticString("ETag: ")
            tag.write(coding: known ?? coding, to: &buffer)
            buffer.writeStaticString("\r\n")
        }
        writeCaching(response, into: &buffer)
        // What is compressed for some clients isn't the same for all.
        let isCompressible = coding != nil || response.body.readableBytes >= ContentCoding.smallestBody
        if response.variesByForm {
            buffer.writeStaticString("Vary: Accept, Accept-Encoding\r\n")
        } else if isCompressible {
            buffer.writeStaticString("Vary: Accept-Encoding\r\n")
        }
        buffer.writeString(response.headers)
        buffer.writeString(context.crossOrigin)
        buffer.writeStaticString("X-Content-Type-Options: nosniff\r\n")
        if !context.keepsAlive {
            buffer.writeStaticString("Connection: close\r\n")
        } else if context.mentionsKeepAlive {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
        guard !isNotModified, !context.isHead, response.body.readableBytes > 0 else { return nil }
        guard response.body.readableBytes > longestCopy else {
            buffer.writeImmutableBuffer(response.body)
            return nil
        }
        return response.body
    }

    private static func writeStatus(_ status: HTTPResponseStatus, into buffer: inout ByteBuffer) {
        guard status != .ok else {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
    }

    private static func writeCaching(_ response: Response, into buffer: inout ByteBuffer) {
        if let outcome = response.outcome {
            buffer.writeStaticString("X-Cache: ")
            buffer.writeStaticString(outcome.name)
            buffer.writeStaticString("\r\n")
        }
        switch response.freshness {
        case .unsaid: break
        case .never: buffer.writeStaticString("Cache-Control: no-store\r\n")
        case .toBeChecked: buffer.writeStaticString("Cache-Control: no-cache\r\n")
        case .seconds(let seconds):
            buffer.writeStaticString("Cache-Control: max-age=")
            buffer.writeDecimal(seconds)
            buffer.writeStaticString("\r\n")
        }
    }
}
