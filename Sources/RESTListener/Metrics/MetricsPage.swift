import CommandDispatch
import FoundationEssentials
import NIOCore
import Stats
import Upstream

/// What `/metrics` tells: all figures of the server, as they are when it is written.
///
/// What there can't be is left out: the cache's figures when there is no Redis, the store's when there is one, and the
/// process's where there is no `/proc`.
struct MetricsPage {
    let server: ServerContext
    /// The Redis; nil with the embedded store.
    let upstream: UpstreamState?
    /// How many clients may be connected at once.
    let maxClients: Int

    /// Appends the page to `buffer`.
    func write(into buffer: inout ByteBuffer, format: MetricsFormat) {
        var writer = MetricsWriter(buffer, format)
        let statistics = server.cacheStatistics
        writeServer(&writer)
        if let upstream { writeUpstream(upstream, &writer) }
        writeCommands(statistics, &writer)
        if let upstream { writeCache(upstream.cache, statistics, &writer) }
        if let store = server.store { writeStore(store.statistics, &writer) }
        writeClients(&writer)
        writeHTTP(&writer)
        ProcessFigures()?.write(&writer)
        writer.end()
        buffer = writer.buffer
    }

    private func writeServer(_ writer: inout MetricsWriter) {
        writer.info(
            "ocm_build",
            "Which ocm this is, and whether it serves from a Redis or from its own memory.",
            ("version", server.version),
            ("mode", server.store == nil ? "proxy" : "embedded")
        )
        writer.gauge(
            "ocm_start_time_seconds",
            "When it began to serve, in Unix time.",
            server.startDate.timeIntervalSince1970
        )
        writer.gauge(
            "ocm_uptime_seconds",
            "How long it has been serving.",
            Double((NIODeadline.now() - server.started).nanoseconds) / 1e9
        )
        writer.gauge("ocm_threads", "Event loops that serve clients.", server.threads)
    }

    private func writeUpstream(_ upstream: UpstreamState, _ writer: inout MetricsWriter) {
        writer.info("ocm_upstream", "Which Redis is asked.", ("address", upstream.address))
        writer.gauge("ocm_upstream_up", "1 if Redis can be reached, 0 if not.", upstream.isUp ? 1 : 0)
    }
}
