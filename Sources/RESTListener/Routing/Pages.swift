import FoundationEssentials
import NIOCore
import NIOHTTP1
import RESTPages

/// What is served that isn't about the data.
enum Pages {
    /// The dashboard. Its own script and style are all that a browser may run on it: they carry a number that nobody
    /// else could know.
    static func dashboard() -> Response {
        var generator = SystemRandomNumberGenerator()
        let nonce = Data((0..<2).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } })
            .base64EncodedString()
        let page = String(decoding: RESTPages.dashboard, as: UTF8.self).replacing("@NONCE@", with: nonce)
        var response = Response(.ok, "text/html; charset=utf-8", ByteBuffer(string: page))
        response.freshness = .never
        response.headers = """
            Content-Security-Policy: default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; \
            connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
            Referrer-Policy: no-referrer\r
            X-Frame-Options: DENY\r

            """
        return response
    }

    /// The description of the API.
    static func openAPI(version: String) -> Response {
        let text = String(decoding: RESTPages.openAPI, as: UTF8.self).replacing("@VERSION@", with: version)
        let body = ByteBuffer(string: text)
        var response = Response(.ok, Response.json, body)
        response.entityTag = body.withUnsafeReadableBytes { EntityTag($0) }
        response.freshness = .toBeChecked
        return response
    }
}
