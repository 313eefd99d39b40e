import RESP

/// The reply to HELLO, in which the server tells the id of a connection.
///
/// That connection is another client's in a moment. Were it passed on, who names it in `CLIENT TRACKING … REDIRECT`
/// would be told `OK`, and whatever is tracked to the next one; who kills it, kills another's. So its id gives way to
/// one that no connection has, of which Redis says so.
enum HelloReply {
    private static let idMember = Array("\r\n$2\r\nid\r\n:".utf8)
    /// Redis counts connections from 1 on; above 2⁵³ some clients would round it.
    private static let noConnections = 1 << 52

    /// `reply` with an id that is the session's and no connection's; nil if it has none.
    static func withoutConnectionID(_ reply: UnsafeRawBufferPointer, session: Int) -> [UInt8]? {
        guard let start = reply.firstRange(of: idMember)?.upperBound, let end = reply[start...].firstIndex(of: 13)
        else { return nil }
        return Array(reply[..<start]) + Array(String(noConnections + session).utf8) + Array(reply[end...])
    }
}
