import CacheClient

extension CacheKey {
    /// A key on the command line. That an empty one is refused protects who writes `ocm invalidate "$KEY"`.
    init(argument: String) throws {
        guard !argument.isEmpty else { throw ConfigurationError("a key needs at least one character") }
        self.init(argument)
    }
}
