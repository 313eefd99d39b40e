extension String {
    /// The number in an integer reply, `:1` and CR LF; nil for any other reply.
    public var integerReply: Int? {
        // CR LF is one Character.
        guard hasPrefix(":"), hasSuffix("\r\n") else { return nil }
        return Int(dropFirst().dropLast())
    }
}
