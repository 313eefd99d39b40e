import TestSupport

/// Several clients of one server that take turns, and a transcript of everything that they get to see.
struct Scene {
    /// What was sent and what came back, in order.
    private(set) var transcript: [String] = []
    private let clients: [RawConnection]
    private let admin: RawConnection
    private let version: Int
    private var random: SplitMix64

    init(clients: [RawConnection], admin: RawConnection, seed: UInt64, version: Int) {
        self.clients = clients
        self.admin = admin
        self.version = version
        random = SplitMix64(seed: seed)
    }

    /// One thing that happens between clients.
    mutating func step() throws {
        let first = Int.random(in: 0..<clients.count, using: &random)
        let second = (first + Int.random(in: 1..<clients.count, using: &random)) % clients.count
        let key = "key\(Int.random(in: 0..<4, using: &random))"
        switch Int.random(in: 0..<7, using: &random) {
        case 0: try transaction(first, second, key)
        case 1: try blockingPop(first, second, key)
        case 2: try blockedMove(first, second, key)
        case 3: try subscription(first, second)
        case 4: try streamRead(first, second, key)
        case 5: try scriptsAndNames(first, second, key)
        default: try unblocking(first, second, key)
        }
    }

    private mutating func say(_ client: Int, _ words: String...) throws {
        try clients[client].send(RawConnection.frame(words.map { Array($0.utf8) }))
        transcript.append("\(client): \(words.joined(separator: " "))")
    }

    private mutating func hear(_ client: Int, _ replies: Int = 1) throws {
        for _ in 0..<replies {
            transcript.append("\(client) <- \(String(decoding: try clients[client].readReply(), as: UTF8.self))")
        }
    }

    private mutating func ask(_ client: Int, _ words: String...) throws {
        try clients[client].send(RawConnection.frame(words.map { Array($0.utf8) }))
        transcript.append("\(client): \(words.joined(separator: " "))")
        try hear(client)
    }

    private func waitUntilBlocked(_ count: Int) throws {
        try waitUntil("\(count) clients are blocked") {
            try admin.call("INFO", "clients").contains("blocked_clients:\(count)\r\n")
        }
    }

    private mutating func transaction(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "DEL", key)
        try ask(first, "WATCH", key)
        if random.once(in: 2) { try ask(second, "SET", key, "theirs") }
        if random.once(in: 4) { try ask(first, "UNWATCH") }
        try say(first, "MULTI")
        try say(first, "APPEND", key, "mine")
        if random.once(in: 4) { try say(first, "NOSUCH") } else { try say(first, "GET", key) }
        try hear(first, 3)
        try ask(second, "GET", key)
        try ask(first, random.once(in: 5) ? "DISCARD" : "EXEC")
        try ask(second, "GET", key)
        try ask(first, "DEL", key)
    }

    private mutating func blockingPop(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "DEL", key)
        // What is pipelined behind the blocking command waits with it.
        try say(first, "BLPOP", key, "0")
        try say(first, "LPUSH", key, "behind")
        try waitUntilBlocked(1)
        try ask(second, "RPUSH", key, "a", "b")
        try hear(first, 2)
        try ask(second, "LRANGE", key, "0", "-1")
        try ask(first, "DEL", key)
    }

    private mutating func blockedMove(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "DEL", key, "target")
        try say(first, "BLMOVE", key, "target", "LEFT", "RIGHT", "0")
        try waitUntilBlocked(1)
        try ask(second, "MULTI")
        try ask(second, "RPUSH", key, "x")
        try ask(second, "LPUSH", key, "y")
        try ask(second, "EXEC")
        try hear(first)
        try ask(second, "LRANGE", "target", "0", "-1")
        try ask(first, "DEL", key, "target")
    }

    private mutating func subscription(_ first: Int, _ second: Int) throws {
        try say(first, "SUBSCRIBE", "a", "b")
        try hear(first, 2)
        try ask(first, "PSUBSCRIBE", "a*")
        try ask(second, "PUBLISH", "a", "hello")
        try hear(first, 2)
        try ask(second, "PUBLISH", "c", "nobody")
        if version == 3 {
            try ask(first, "GET", "key0")
            try ask(first, "MULTI")
            try ask(first, "EXEC")
        } else {
            try ask(first, "GET", "key0")
            try ask(first, "PING")
        }
        try say(first, "UNSUBSCRIBE")
        try hear(first, 2)
        try ask(first, "PUNSUBSCRIBE")
        try ask(first, "PING", "after")
        try ask(first, "RESET")
        if version == 3 {
            // The id in the reply differs from client to client.
            try clients[first].call("HELLO", "3")
        }
    }

    private mutating func streamRead(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "DEL", key)
        try say(first, "XREAD", "BLOCK", "0", "STREAMS", key, "$")
        try waitUntilBlocked(1)
        try ask(second, "XADD", key, "1-1", "f", "v")
        try hear(first)
        try ask(first, "DEL", key)
    }

    private mutating func scriptsAndNames(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "CLIENT", "SETNAME", "client\(first)")
        try ask(second, "EVAL", "return redis.call('set', KEYS[1], ARGV[1])", "1", key, "scripted")
        try ask(first, "GET", key)
        try ask(first, "CLIENT", "GETNAME")
        try ask(first, "SELECT", "1")
        try ask(first, "GET", key)
        try ask(second, "GET", key)
        try ask(first, "SELECT", "0")
        try ask(first, "DEL", key)
    }

    private mutating func unblocking(_ first: Int, _ second: Int, _ key: String) throws {
        try ask(first, "DEL", key)
        try clients[first].sendCommand("CLIENT", "ID")
        let id = String(decoding: try clients[first].readReply(), as: UTF8.self).filter(\.isNumber)
        try say(first, "BZPOPMIN", key, "0")
        try waitUntilBlocked(1)
        try clients[second].sendCommand("CLIENT", "UNBLOCK", id, random.once(in: 2) ? "ERROR" : "TIMEOUT")
        try hear(second)
        try hear(first)
        try ask(first, "RESET")
        if version == 3 { try clients[first].call("HELLO", "3") }
    }
}
