import NIOHTTP1

/// What a request is refused with: a status and a sentence.
struct HTTPError: Error {
    let status: HTTPResponseStatus
    /// What happened and what to do.
    let message: String
    /// Header lines that go with it, each with its line end.
    var headers = ""

    init(_ status: HTTPResponseStatus, _ message: String, headers: String = "") {
        self.status = status
        self.message = message
        self.headers = headers
    }
}
