import RESP

/// The commands of the embedded store, described as Redis 7.0 describes them in its `COMMAND` reply.
enum EmbeddedCommandTable {
    static let standard = CommandNameTable<EmbeddedCommand>(
        (strings + counters + keys + expiry + hashes + scans + server + session).map { command in
            guard let name = CommandName(command.name) else { preconditionFailure("\(command.name) is too long") }
            return (name: name, value: command)
        }
    )

    private static let strings: [EmbeddedCommand] = [
        .init("get", 2, "readonly fast", (1, 1, 1), "read string fast", StringCommands.get),
        .init("set", -3, "write denyoom", (1, 1, 1), "write string slow", StringCommands.set, overwrites: true),
        .init("setnx", 3, "write denyoom fast", (1, 1, 1), "write string fast", StringCommands.setnx),
        .init("setex", 4, "write denyoom", (1, 1, 1), "write string slow", StringCommands.setex, overwrites: true),
        .init("psetex", 4, "write denyoom", (1, 1, 1), "write string slow", StringCommands.psetex, overwrites: true),
        .init("getset", 3, "write denyoom fast", (1, 1, 1), "write string fast", StringCommands.getset),
        .init("getdel", 2, "write fast", (1, 1, 1), "write string fast", StringCommands.getdel),
        .init("getex", -2, "write fast", (1, 1, 1), "write string fast", StringCommands.getex),
        .init("mget", -2, "readonly fast", (1, -1, 1), "read string fast", StringCommands.mget),
        .init("mset", -3, "write denyoom", (1, -1, 2), "write string slow", StringCommands.mset, overwrites: true),
        .init("msetnx", -3, "write denyoom", (1, -1, 2), "write string slow", StringCommands.msetnx),
        .init("append", 3, "write denyoom fast", (1, 1, 1), "write string fast", StringCommands.append),
        .init("strlen", 2, "readonly fast", (1, 1, 1), "read string fast", StringCommands.strlen),
        .init("getrange", 4, "readonly", (1, 1, 1), "read string slow", StringCommands.getrange),
        .init("substr", 4, "readonly", (1, 1, 1), "read string slow", StringCommands.getrange),
        .init("setrange", 4, "write denyoom", (1, 1, 1), "write string slow", StringCommands.setrange),
    ]

    private static let counters: [EmbeddedCommand] = [
        .init("incr", 2, "write denyoom fast", (1, 1, 1), "write string fast", CounterCommands.incr),
        .init("decr", 2, "write denyoom fast", (1, 1, 1), "write string fast", CounterCommands.decr),
        .init("incrby", 3, "write denyoom fast", (1, 1, 1), "write string fast", CounterCommands.incrby),
        .init("decrby", 3, "write denyoom fast", (1, 1, 1), "write string fast", CounterCommands.decrby),
        .init("incrbyfloat", 3, "write denyoom fast", (1, 1, 1), "write string fast", CounterCommands.incrbyfloat),
        .init("hincrby", 4, "write denyoom fast", (1, 1, 1), "write hash fast", CounterCommands.hincrby),
        .init("hincrbyfloat", 4, "write denyoom fast", (1, 1, 1), "write hash fast", CounterCommands.hincrbyfloat),
    ]

    private static let keys: [EmbeddedCommand] = [
        .init("del", -2, "write", (1, -1, 1), "keyspace write slow", KeyCommands.del),
        .init("unlink", -2, "write fast", (1, -1, 1), "keyspace write fast", KeyCommands.unlink),
        .init("exists", -2, "readonly fast", (1, -1, 1), "keyspace read fast", KeyCommands.exists),
        .init("touch", -2, "readonly fast", (1, -1, 1), "keyspace read fast", KeyCommands.touch),
        .init("type", 2, "readonly fast", (1, 1, 1), "keyspace read fast", KeyCommands.type),
        .init("rename", 3, "write", (1, 2, 1), "keyspace write slow", KeyCommands.rename),
        .init("renamenx", 3, "write fast", (1, 2, 1), "keyspace write fast", KeyCommands.renamenx),
        .init("copy", -3, "write denyoom", (1, 2, 1), "keyspace write slow", KeyCommands.copy),
        .init("move", 3, "write fast", (1, 1, 1), "keyspace write fast", KeyCommands.move),
        .init("dbsize", 1, "readonly fast", (0, 0, 0), "keyspace read fast", KeyCommands.dbsize),
        .init("randomkey", 1, "readonly", (0, 0, 0), "keyspace read slow", KeyCommands.randomkey),
        .init("flushdb", -1, "write", (0, 0, 0), "keyspace write slow dangerous", KeyCommands.flushdb),
        .init("flushall", -1, "write", (0, 0, 0), "keyspace write slow dangerous", KeyCommands.flushall),
        .init("swapdb", 3, "write fast", (0, 0, 0), "keyspace write fast dangerous", KeyCommands.swapdb),
    ]

    private static let expiry: [EmbeddedCommand] = [
        .init("expire", -3, "write fast", (1, 1, 1), "keyspace write fast", ExpiryCommands.expire),
        .init("pexpire", -3, "write fast", (1, 1, 1), "keyspace write fast", ExpiryCommands.pexpire),
        .init("expireat", -3, "write fast", (1, 1, 1), "keyspace write fast", ExpiryCommands.expireat),
        .init("pexpireat", -3, "write fast", (1, 1, 1), "keyspace write fast", ExpiryCommands.pexpireat),
        .init("ttl", 2, "readonly fast", (1, 1, 1), "keyspace read fast", ExpiryCommands.ttl),
        .init("pttl", 2, "readonly fast", (1, 1, 1), "keyspace read fast", ExpiryCommands.pttl),
        .init("expiretime", 2, "readonly fast", (1, 1, 1), "keyspace read fast", ExpiryCommands.expiretime),
        .init("pexpiretime", 2, "readonly fast", (1, 1, 1), "keyspace read fast", ExpiryCommands.pexpiretime),
        .init("persist", 2, "write fast", (1, 1, 1), "keyspace write fast", ExpiryCommands.persist),
    ]

    private static let hashes: [EmbeddedCommand] = [
        .init("hset", -4, "write denyoom fast", (1, 1, 1), "write hash fast", HashCommands.hset),
        .init("hmset", -4, "write denyoom fast", (1, 1, 1), "write hash fast", HashCommands.hmset),
        .init("hsetnx", 4, "write denyoom fast", (1, 1, 1), "write hash fast", HashCommands.hsetnx),
        .init("hget", 3, "readonly fast", (1, 1, 1), "read hash fast", HashCommands.hget),
        .init("hmget", -3, "readonly fast", (1, 1, 1), "read hash fast", HashCommands.hmget),
        .init("hdel", -3, "write fast", (1, 1, 1), "write hash fast", HashCommands.hdel),
        .init("hgetall", 2, "readonly", (1, 1, 1), "read hash slow", HashCommands.hgetall),
        .init("hkeys", 2, "readonly", (1, 1, 1), "read hash slow", HashCommands.hkeys),
        .init("hvals", 2, "readonly", (1, 1, 1), "read hash slow", HashCommands.hvals),
        .init("hlen", 2, "readonly fast", (1, 1, 1), "read hash fast", HashCommands.hlen),
        .init("hexists", 3, "readonly fast", (1, 1, 1), "read hash fast", HashCommands.hexists),
        .init("hstrlen", 3, "readonly fast", (1, 1, 1), "read hash fast", HashCommands.hstrlen),
        .init("hrandfield", -2, "readonly", (1, 1, 1), "read hash slow", HashCommands.hrandfield),
    ]

    private static let scans: [EmbeddedCommand] = [
        .init("hscan", -3, "readonly", (1, 1, 1), "read hash slow", ScanCommands.hscan),
        .init("scan", -2, "readonly", (0, 0, 0), "keyspace read slow", ScanCommands.scan),
        .init("keys", 2, "readonly", (0, 0, 0), "keyspace read slow dangerous", ScanCommands.keys),
    ]

    private static let server: [EmbeddedCommand] = [
        .init("ping", -1, "fast", (0, 0, 0), "fast connection", ServerCommands.ping),
        .init("echo", 2, "loading stale fast", (0, 0, 0), "fast connection", ServerCommands.echo),
        .init("time", 1, "loading stale fast", (0, 0, 0), "fast", ServerCommands.time),
        .init("command", -1, "loading stale", (0, 0, 0), "slow connection", ServerCommands.command),
        .init("config", -2, "", (0, 0, 0), "slow", ServerCommands.config),
    ]

    /// These concern a session: they are listed here and executed by the dispatcher.
    private static let session: [EmbeddedCommand] = [
        .init("hello", -1, "noscript loading stale fast no_auth allow_busy", (0, 0, 0), "fast connection"),
        .init("select", 2, "loading stale fast", (0, 0, 0), "fast connection"),
        .init("auth", -2, "noscript loading stale fast no_auth allow_busy", (0, 0, 0), "fast connection"),
        .init("client", -2, "", (0, 0, 0), "slow"),
        .init("info", -1, "loading stale", (0, 0, 0), "slow dangerous"),
        .init("reset", 1, "noscript loading stale fast no_auth allow_busy", (0, 0, 0), "fast connection"),
        .init("quit", -1, "noscript loading stale fast no_auth allow_busy", (0, 0, 0), "fast connection"),
    ]
}
