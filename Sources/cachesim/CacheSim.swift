import ArgumentParser

/// `cachesim`: replays a trace through the store of the local cache.
@main
struct CacheSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cachesim",
        abstract: "Say how many requests of a trace the local cache would answer.",
        discussion: """
            The trace is gzip-compressed: records of two 32-bit little-endian numbers, key and size. The sizes of what \
            is kept never exceed the capacity together; an object larger than that is never kept.
            """
    )

    @Argument(help: "The trace.")
    var file: String

    @Option(help: "The capacity, in the unit of the trace's sizes.")
    var capacity: Int

    func validate() throws {
        guard capacity > 0 else { throw ValidationError("the capacity must be at least 1") }
    }

    func run() throws {
        let trace = try Trace(path: file)
        defer { trace.close() }
        var replay = Replay(capacity: capacity)
        while let request = try trace.next() { replay.request(request) }
        guard replay.requests > 0 else { throw TraceError.empty(file) }
        let tenThousandths = 10_000 + Int((replay.hitRatio * 10_000).rounded())
        print("hit_ratio \(tenThousandths / 10_000 - 1).\(String(tenThousandths).suffix(4))")
    }
}
