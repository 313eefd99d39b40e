/// What one event loop has done, in counters that anybody may read.
public final class LoopCounters: Sendable {
    /// Redis clients connected now.
    public let clients = Counter()
    /// Redis clients that ever connected.
    public let connections = Counter()
    /// Clients turned away: too many, or from outside in protected mode.
    public let rejectedConnections = Counter()
    /// Commands sent upstream over shared connections.
    public let forwardedCommands = Counter()
    /// Commands sent upstream over pinned connections.
    public let pinnedCommands = Counter()
    /// Commands answered here.
    public let localCommands = Counter()
    /// Commands that failed for want of Redis: it couldn't be reached, or was lost before it answered.
    public let failedCommands = Counter()
    /// Commands sent a second time over a new connection.
    public let retries = Counter()
    /// Sessions that have an upstream connection to themselves now, tunnels not counted.
    public let pinnedSessions = Counter()
    /// Sessions that are tunnels now.
    public let tunnels = Counter()
    /// Bytes received from Redis clients.
    public let bytesIn = Counter()
    /// Bytes sent to Redis clients.
    public let bytesOut = Counter()

    /// HTTP clients connected now.
    public let restClients = Counter()
    /// HTTP clients that ever connected.
    public let restConnections = Counter()
    /// Bytes received from HTTP clients.
    public let restBytesIn = Counter()
    /// Bytes sent to HTTP clients.
    public let restBytesOut = Counter()
    /// The HTTP requests answered.
    public let http = HTTPCounters()

    /// How often each command was given, by its number in the dispatcher's table; 0 stands for those not in it.
    public let commands: CommandCounters
    /// How long commands that went upstream took, from being sent to having their whole replies.
    public let uncachedTimes = LatencyHistogram()
    /// How long commands that the cache answered took, from being received to having their replies written.
    public let cachedTimes = LatencyHistogram()

    /// Counters at zero, for as many `commands` as the table has, and one.
    public init(commands: Int) { self.commands = CommandCounters(slots: commands) }
}
