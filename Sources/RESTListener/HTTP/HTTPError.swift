import NIOHTTP1

/// What a request is refused with: a status and a sentence.
struct HTTPError: Error {
    let status: HTTPResponseStatus
    /// What happened and what to do.
    let message: String
    /// Header lines that go with it, each with its line end.
    var headers = ""

    /// Where the request ends is in doubt, so that no other can follow it.
    var endsConnection = false

    init(_ status: HTTPResponseStatus, _ message: String, headers: String = "", endsConnection: Bool = false) {
        self.status = status
        self.message = message
        self.headers = headers
        self.endsConnection = endsConnection
    }

    /// There is too much to do now, of which `reason` says what.
    static func busy(_ reason: String) -> HTTPError {
        HTTPError(.serviceUnavailable, "\(reason): try again", headers: "Retry-After: 1\r\n")
    }
}
