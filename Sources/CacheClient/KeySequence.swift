/// The keys of a database, fetched page by page.
public struct KeySequence: AsyncSequence, Sendable {
    let client: CacheClient
    let pattern: String?

    /// Begins with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(client: client, pattern: pattern) }

    /// Where one is among the keys.
    public struct Iterator: AsyncIteratorProtocol {
        private let client: CacheClient
        private let pattern: String?
        private var page: ArraySlice<CacheKey> = []
        private var cursor: String?
        private var isAtEnd = false

        init(client: CacheClient, pattern: String?) {
            self.client = client
            self.pattern = pattern
        }

        /// The next key; nil when there are no more.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(CacheClientError) -> CacheKey? {
            while page.isEmpty, !isAtEnd {
                let reply = try await client.perform(.keys(matching: pattern, cursor: cursor))
                let next = try reply.decoded(KeyPage.self, url: client.url)
                page = next.allKeys[...]
                cursor = next.cursor
                isAtEnd = cursor == nil
            }
            return page.popFirst()
        }
    }
}
