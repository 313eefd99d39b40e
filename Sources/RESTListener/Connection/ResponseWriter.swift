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

    /// The tag of what the client has already, if this response would only send it again.
    static func tagNotModified(_ response: Response, _ context: Context) -> String? {
        guard response.status == .ok, let tag = response.entityTag, let names = context.ifNoneMatch else { return nil }
        let codings = [""] + ContentCoding.allCases.map(\.rawValue)
        return codings.first { tag.isNamed(in: names, coding: $0) }.map { tag.text(coding: $0) }
    }

    /// The head, with the body behind it if that is short; else the body is to be written next.
    ///
    /// - Parameter coding: how the body has been compressed.
    static func write(
        _ response: Response,
        _ context: Context,
        coding: ContentCoding?,
        date: String,
        into buffer: inout ByteBuffer
    ) -> ByteBuffer? {
        let known = tagNotModified(response, context)
        let isNotModified = known != nil
        let status = isNotModified ? HTTPResponseStatus.notModified : response.status
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status.code) \(status.reasonPhrase)\r\nDate: \(date)\r\n")
        if !isNotModified, status != .noContent {
            buffer.writeStaticString("Content-Type: ")
            buffer.writeStaticString(response.contentType)
            buffer.writeString("\r\nContent-Length: \(response.body.readableBytes)\r\n")
            if let coding { buffer.writeString("Content-Encoding: \(coding.rawValue)\r\n") }
        }
        if let tag = known ?? response.entityTag?.text(coding: coding?.rawValue ?? "") {
            buffer.writeString("ETag: \(tag)\r\n")
        }
        buffer.writeImmutableBuffer(response.headers)
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
}
