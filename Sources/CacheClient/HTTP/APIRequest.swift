import NIOHTTP1

/// A request of the REST API.
package struct APIRequest: Sendable {
    /// What is sent along.
    struct Body {
        let type: String
        let bytes: [UInt8]
    }

    let method: HTTPMethod
    /// Percent-encoded, with the query.
    let path: String
    var accept: String?
    var body: Body?
    /// Which statuses besides 200 are answers, and no errors.
    var answers: [HTTPResponseStatus] = []

    init(_ method: HTTPMethod, _ path: String) {
        self.method = method
        self.path = path
    }

    func expects(_ status: HTTPResponseStatus) -> Bool { status == .ok || answers.contains(status) }
}
