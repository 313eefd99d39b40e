/// Why an operation of a ``CacheClient`` failed: a sentence that says what happened and, if anything can be done, what.
public struct CacheClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case invalidURL
            case invalidArgument
            case unreachable
            case timedOut
            case cancelled
            case unauthorized
            case forbidden
            case rejected
            case wrongType
            case unavailable
            case outOfMemory
            case serverFailed
            case unexpectedReply
        }

        private let value: Value

        /// The URL isn't one that a server can have.
        public static let invalidURL = Code(value: .invalidURL)
        /// What was asked for can't be said in a request, or the token can't be in a header.
        public static let invalidArgument = Code(value: .invalidArgument)
        /// No connection could be made, or it broke. Whether a request was carried out before it did isn't known.
        public static let unreachable = Code(value: .unreachable)
        /// The server took too long. Whether it carried the request out isn't known.
        public static let timedOut = Code(value: .timedOut)
        /// The task was cancelled.
        public static let cancelled = Code(value: .cancelled)
        /// The token is missing or wrong.
        public static let unauthorized = Code(value: .unauthorized)
        /// The token, or the address under which the server was asked, doesn't allow this.
        public static let forbidden = Code(value: .forbidden)
        /// The server finds the request wrong, or too large.
        public static let rejected = Code(value: .rejected)
        /// The key holds something else than a string.
        public static let wrongType = Code(value: .wrongType)
        /// Redis is away, or loading.
        public static let unavailable = Code(value: .unavailable)
        /// There is no memory for the value.
        public static let outOfMemory = Code(value: .outOfMemory)
        /// The server failed.
        public static let serverFailed = Code(value: .serverFailed)
        /// The answer isn't one that `ocm` gives: somebody else may be listening there.
        public static let unexpectedReply = Code(value: .unexpectedReply)
    }

    /// The kind of failure.
    public let code: Code
    /// The sentence.
    public let message: String

    /// The sentence.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
