import RESP

extension ReplyFramingError {
    /// What it means in the first answer on a connection, as part of a sentence: the other end isn't a Redis.
    var meaningInFirstAnswer: String {
        // A TLS alert, with which a server ends what doesn't begin with a TLS handshake.
        if case .unknownKind(0x15) = self {
            return "what answers there wants TLS: write rediss:// in place of redis://"
        }
        return "what answers there doesn't speak Redis's protocol (\(message))"
    }
}
