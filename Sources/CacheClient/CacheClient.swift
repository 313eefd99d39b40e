/// A client of the REST API.
public struct CacheClient: Sendable {}
