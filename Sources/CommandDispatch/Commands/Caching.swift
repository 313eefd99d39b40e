/// What may be kept of a command's reply.
enum Caching: UInt8, Sendable {
    /// Nothing.
    case never
    /// The string at its key: GET.
    case string
    /// The strings at its keys, each by itself: MGET.
    case strings
    /// The reply, as long as the command names exactly one key, for the same arguments.
    case reply
    /// The same, but it may be about a hash, whose fields may expire by themselves: ``FieldExpiry``.
    case hashReply
    /// The same, but only of those fields that the command names behind the key.
    case fieldsReply
}
