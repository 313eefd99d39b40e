import NIOHTTP1

extension CacheClientError {
    /// What an answer with an error's status says.
    init(reply: APIReply, url: String) {
        guard let sentence = try? reply.decoded(ErrorBody.self, url: url).error else {
            let status = "\(reply.status.code) \(reply.status.reasonPhrase)"
            self.init(.unexpectedReply, "\(url) answered \(status), and not as ocm does: check the URL")
            return
        }
        switch reply.status {
        case .unauthorized: self.init(.unauthorized, "\(url) wants another token than this: \(sentence)")
        case .notFound: self.init(.unexpectedReply, "\(sentence): check the URL \(url), and the server's version")
        case .forbidden: self.init(.forbidden, sentence)
        case .conflict: self.init(.wrongType, sentence)
        case .serviceUnavailable: self.init(.unavailable, sentence)
        case .insufficientStorage: self.init(.outOfMemory, sentence)
        case let status where status.code >= 500: self.init(.serverFailed, sentence)
        default: self.init(.rejected, sentence)
        }
    }

    /// An answer that says something else than it should.
    static func unexpectedReply(from url: String) -> CacheClientError {
        CacheClientError(.unexpectedReply, "\(url) doesn't answer as ocm does: check the URL, and the server's version")
    }
}

/// `{"error": "…"}`
private struct ErrorBody: Decodable {
    let error: String
}
