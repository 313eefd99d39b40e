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

    @Option(help: "Let the admission decide what is kept, for so many requests a second.")
    var requestsPerSecond: Int?

    func validate() throws {
        guard capacity > 0 else { throw ValidationError("the capacity must be at least 1") }
        guard requestsPerSecond ?? 1 > 0 else { throw ValidationError("there must be at least 1 request a second") }
    }

    func run() throws {
        let trace = try Trace(path: file)
        defer { trace.close() }
        var replay = Replay(capacity: capacity, requestsPerSecond: requestsPerSecond)
        while let request = try trace.next() { replay.request(request) }
        guard replay.requests > 0 else { throw TraceError.empty(file) }
        print("hit_ratio \(Self.decimal(replay.hitRatio))")
        if requestsPerSecond != nil { print("fill_ratio \(Self.decimal(replay.fillRatio))") }
    }

    private static func decimal(_ ratio: Double) -> String {
        let tenThousandths = 10_000 + Int((ratio * 10_000).rounded())
        return "\(tenThousandths / 10_000 - 1).\(String(tenThousandths).suffix(4))"
    }
}
