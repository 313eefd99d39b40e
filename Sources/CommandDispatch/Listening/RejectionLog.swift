import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Says in the log that clients are turned away, and why: at once, and then not for each of them, as whoever is turned
/// away tends to come again.
public final class RejectionLog: Sendable {
    /// Why a client is turned away.
    public enum Reason: Sendable {
        /// There are as many as may be connected.
        case tooManyClients
        /// It comes from another machine, and there is no password.
        case protectedMode
    }

    private struct Line {
        /// When it was last said.
        var said: NIODeadline?
        /// How often it has happened since.
        var unsaid = 0
    }

    private let lines = NIOLockedValueBox<[Reason: Line]>([:])

    /// How long a reason isn't mentioned again.
    static let quiet = TimeAmount.seconds(10)

    init() {}

    /// A client is turned away, for what `explanation` says.
    public func note(_ reason: Reason, _ logger: Logger, _ explanation: @autoclosure () -> String) {
        guard let count = count(reason, at: .now()) else { return }
        let clients = count == 1 ? "a client was" : "\(count) clients were"
        logger.warning("\(clients) turned away: \(explanation())")
    }

    /// A client is turned away because as many as may be, `limit`, are connected.
    public func noteTooMany(limit: Int, _ logger: Logger) {
        note(.tooManyClients, logger, "as many as --maxclients (\(limit)) are connected")
    }

    /// How many clients are to be told of; nil if it is too early for that.
    func count(_ reason: Reason, at now: NIODeadline) -> Int? {
        lines.withLockedValue { lines in
            var line = lines[reason, default: Line()]
            defer { lines[reason] = line }
            line.unsaid += 1
            if let said = line.said, now - said < Self.quiet { return nil }
            let count = line.unsaid
            line = Line(said: now)
            return count
        }
    }
}
