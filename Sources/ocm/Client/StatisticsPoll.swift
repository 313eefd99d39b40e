import CacheClient

/// Asks for the statistics again and again.
struct StatisticsPoll {
    let client: CacheClient
    let interval: Duration

    /// Hands the answers to `body`, until the task is cancelled. If the server can't be asked the first time, that ends
    /// it; later `failure` is told, and the server is waited for.
    func run(
        _ body: (APIReply) throws -> Void,
        failure: (CacheClientError) -> Void = { StandardError.say("\($0)") }
    ) async throws {
        let clock = ContinuousClock()
        var next = clock.now
        try body(try await client.perform(.statistics))
        while true {
            next = max(next.advanced(by: interval), clock.now)
            try await clock.sleep(until: next)
            let reply: APIReply
            do {
                reply = try await client.perform(.statistics)
            } catch {
                failure(error)
                continue
            }
            try body(reply)
        }
    }
}
