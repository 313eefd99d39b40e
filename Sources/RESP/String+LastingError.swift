extension String {
    /// Whether an error line of Redis's is one that the next attempt would get, too: it doesn't know what it was asked,
    /// or the user may not ask. That it is busy, or loading, passes.
    public var isLastingError: Bool { hasPrefix("NOPERM ") || hasPrefix("ERR ") }
}
