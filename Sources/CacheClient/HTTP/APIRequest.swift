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
    /// By what the answer with the status 200 is known to be one.
    let sign: AnswerSign

    init(_ method: HTTPMethod, _ path: String, _ sign: AnswerSign) {
        self.method = method
        self.path = path
        self.sign = sign
    }

    func expects(_ status: HTTPResponseStatus) -> Bool { status == .ok || answers.contains(status) }
}
