import CacheClient
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `ocm top` on a terminal.
final class TopScreen {
    private static let controlC: UInt8 = 3
    private static let controlZ: UInt8 = 26

    private let poll: StatisticsPoll
    private let screen = FullScreen()
    private var current: ServerStatistics?
    private var previous: ServerStatistics?
    private var problem: String?

    init(_ poll: StatisticsPoll) { self.poll = poll }

    /// Shows the server until somebody has seen enough. A server that can't be reached to begin with is an error.
    func run() async throws {
        let (events, source) = AsyncStream<TopEvent>.makeStream()
        // Before the terminal is taken, so that it will always be given back.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigwinch, .sigcont)
        let keys = isatty(STDIN_FILENO) == 1 ? Self.readKeys(source) : nil
        defer { withExtendedLifetime(keys) {} }
        try await withThrowingTaskGroup { group in
            group.addTask { [poll] in await Self.watch(poll, source) }
            group.addTask {
                for await signal in signals {
                    source.yield([.sigwinch, .sigcont].contains(signal) ? .resized : .ended)
                }
            }
            defer {
                screen.leave()
                group.cancelAll()
            }
            for await event in events { guard try react(to: event) else { return } }
        }
    }

    private static func readKeys(_ source: AsyncStream<TopEvent>.Continuation) -> KeyReader {
        KeyReader(key: { source.yield(.key($0)) }, end: { source.yield(.ended) })
    }

    private static func watch(_ poll: StatisticsPoll, _ source: AsyncStream<TopEvent>.Continuation) async {
        do {
            try await poll.run { reply in
                source.yield(.statistics(try reply.decoded(ServerStatistics.self, url: poll.client.url)))
            } failure: {
                source.yield(.problem("\($0)"))
            }
        } catch {
            source.yield(.failed(error))
        }
    }

    /// Whether to go on.
    private func react(to event: TopEvent) throws -> Bool {
        switch event {
        case .statistics(let statistics):
            previous = current
            current = statistics
            problem = nil
        case .problem(let text): problem = text
        case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .key(Self.controlC), .ended: return false
        case .key(Self.controlZ):
            screen.leave()
            // The signal takes its time to come, so there is no drawing before there is something new to be shown.
            kill(0, SIGTSTP)
            return true
        case .key, .resized: break
        case .failed(let error): throw error
        }
        try draw()
        return true
    }

    private func draw() throws {
        guard let current else { return }
        let url = poll.client.url
        let frame = TopFrame(current, since: previous, url: url, problem: problem, rows: screen.size.rows - 2)
        try screen.show(frame.lines + [TopFrame.Line(text: ""), TopFrame.Line(text: "q leaves")])
    }
}
