import CommandDispatch
import NIOCore
import NIOHTTP1

extension MetricsPage {
    /// The page of the server that `loop` belongs to.
    init(_ loop: RESTLoop) {
        server = loop.dispatcher.server
        upstream = UpstreamState(loop.dispatcher)
        maxClients = loop.configuration.maxClients
    }

    /// The page as it is now, in the format that the request's `Accept` header asks for.
    func response(accept: String?) -> Response {
        let format = MetricsFormat(accept: accept)
        var body = ByteBuffer()
        write(into: &body, format: format)
        var response = Response(.ok, format.contentType, body)
        response.freshness = .never
        response.variesByForm = true
        return response
    }
}
