import NIOCore
import NIOHTTP1

/// What a request is answered with.
struct Response {
    var status: HTTPResponseStatus
    var contentType: StaticString
    var body: ByteBuffer
    /// Further header lines, each with its line end.
    var headers = ByteBuffer()
    /// The hash that tells this body from all others of its resource; nil if it isn't to be asked for again.
    var entityTag: EntityTag?
    /// The connection is to be closed behind it.
    var closes = false

    static let json: StaticString = "application/json"

    init(_ status: HTTPResponseStatus = .ok, _ contentType: StaticString = Self.json, _ body: ByteBuffer) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// An error.
    init(_ error: HTTPError) {
        self.init(error.status, Self.json, JSONObjectWriter.object { $0.member("error", error.message) })
        headers.writeString(error.headers)
    }

    /// An object.
    static func object(
        _ status: HTTPResponseStatus = .ok,
        _ body: (inout JSONObjectWriter) -> Void
    ) -> Response {
        Response(status, json, JSONObjectWriter.object(body))
    }
}
