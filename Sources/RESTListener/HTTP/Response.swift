import CommandDispatch
import NIOCore
import NIOHTTP1

/// What a request is answered with.
struct Response {
    var status: HTTPResponseStatus
    var contentType: StaticString
    var body: ByteBuffer
    /// What the local cache made of what was asked; nil if that is of no interest.
    var outcome: CacheOutcome?
    /// How long clients may keep it.
    var freshness = Freshness.unsaid
    /// Whether it depends on the form that the client asked for.
    var variesByForm = false
    /// Further header lines, each with its line end.
    var headers = ""
    /// The hash that tells this body from all others of its resource; nil if it isn't to be asked for again.
    var entityTag: EntityTag?
    /// The connection is to be closed behind it.
    var closes = false

    /// How long clients may keep a response.
    enum Freshness {
        case unsaid
        /// They may not keep it.
        case never
        /// They must ask whether it has changed.
        case toBeChecked
        /// So many seconds.
        case seconds(Int)
    }

    static let json: StaticString = "application/json"

    init(_ status: HTTPResponseStatus = .ok, _ contentType: StaticString = Self.json, _ body: ByteBuffer) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// An error.
    init(_ error: HTTPError) {
        self.init(error.status, Self.json, JSONObjectWriter.object { $0.member("error", error.message) })
        headers = error.headers
    }

    /// An object.
    static func object(
        _ status: HTTPResponseStatus = .ok,
        _ body: (inout JSONObjectWriter) -> Void
    ) -> Response {
        Response(status, json, JSONObjectWriter.object(body))
    }
}
