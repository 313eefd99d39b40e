import NIOHTTP1

extension HTTPError {
    /// What is wrong with a request that can't be parsed.
    init(_ error: HTTPParserError) {
        if error == .headerOverflow {
            self.init(.requestHeaderFieldsTooLarge, "the request's head is too large")
        } else {
            self.init(.badRequest, "this is no valid HTTP request: \(error)")
        }
    }
}
