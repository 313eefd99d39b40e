import CommandDispatch
import Stats

extension MetricsPage {
    /// The commands of all clients, and how long they took.
    func writeCommands(_ statistics: CacheStatistics, _ writer: inout MetricsWriter) {
        writer.counter(
            "ocm_commands",
            "Commands answered by Redis or the cache, by name; 'other' are those that ocm has no name for.",
            server.commandCounts.filter { $0.count > 0 }.map { MetricSample($0.count, ("command", $0.name)) }
        )
        writer.counter(
            "ocm_commands_forwarded",
            "Commands sent to Redis over connections that clients share.",
            server.total { $0.forwardedCommands.current }
        )
        writer.counter(
            "ocm_commands_pinned",
            "Commands sent to Redis over connections that belong to one client.",
            server.total { $0.pinnedCommands.current }
        )
        writer.counter(
            "ocm_commands_local",
            "Commands answered by ocm itself, hits of the cache not counted.",
            server.total { $0.localCommands.current }
        )
        writer.counter(
            "ocm_commands_failed",
            "Commands answered with an error because Redis could not be reached or was lost.",
            server.total { $0.failedCommands.current }
        )
        writer.counter(
            "ocm_retries",
            "Commands sent to Redis a second time because the first connection was lost.",
            server.total { $0.retries.current }
        )
        var times = [
            (labels: [(name: "source", value: server.store == nil ? "cache" : "store")], statistics.cachedTimes)
        ]
        if server.store == nil { times.append(([("source", "upstream")], statistics.uncachedTimes)) }
        writer.histogram(
            "ocm_command_duration_seconds",
            "How long commands took, but for those that wait for others, by where the reply came from.",
            times
        )
    }
}
