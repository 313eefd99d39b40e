import Foundation
import TestSupport
import Testing

@Suite("Redis's default user is nobody of ours", .serialized)
struct DefaultUserTests {
    private let redis: RedisServer
    private let ocm: OCMServer

    /// The default user of this Redis needs no password, and may do anything.
    init() throws {
        redis = try RedisServer()
        let admin = try redis.connect()
        try admin.call(line: "ACL SETUSER side on >u ~* &* +@all -set")
        try admin.call(line: "ACL SETUSER nobody on >n -@all")
        try admin.call(line: "ACL SETUSER al on >a ~* &* +@all")
        ocm = try OCMServer(upstream: "redis://side:u@127.0.0.1:\(redis.port)", ["--requirepass", "gate"])
    }

    private static let wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"

    @Test(
        "a wrong password makes nobody the default user, in a tunnel or out of it, one AUTH of many included",
        arguments: [
            "AUTH default zz", "AUTH zz", "HELLO 2 AUTH default zz", "HELLO 2 AUTH default zz AUTH al wrong",
            "HELLO 2 AUTH default zz AUTH al a", "HELLO 2 SETNAME x AUTH default zz",
        ]
    )
    func wrongPassword(login: String) throws {
        for opensTunnel in [false, true] {
            let client = try ocm.connect()
            #expect(try client.call("AUTH", "nobody", "n") == "+OK\r\n")
            // Refused, and a tunnel all the same.
            if opensTunnel { #expect(try client.call("CLIENT", "TRACKING", "OFF").hasPrefix("-NOPERM")) }
            #expect(try client.call(line: login) == Self.wrong)
            #expect(try client.call("FLUSHALL").hasPrefix("-NOPERM"))
        }
    }

    @Test("a mistake behind the AUTH changes nothing of that")
    func mistake() throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "nobody", "n") == "+OK\r\n")
        #expect(try client.call("CLIENT", "TRACKING", "OFF").hasPrefix("-NOPERM"))
        #expect(try client.call(line: "HELLO 2 AUTH default zz NONSENSE") == Self.wrong)
        #expect(try client.call("FLUSHALL").hasPrefix("-NOPERM"))
    }

    @Test(
        "nor does RESET, whatever the tunnel is one for",
        arguments: ["REPLCONF x", "PSYNC a", "SCRIPT DEBUG YES", "FUNCTION DEBUG YES", "CLIENT TRACKING OFF"]
    )
    func reset(opening: String) throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "nobody", "n") == "+OK\r\n")
        #expect(try client.call(line: opening).hasPrefix("-"))
        try client.send("PING\r\nRESET\r\nACL WHOAMI\r\n")
        #expect(
            try client.readReply() == Array("-NOPERM this user has no permissions to run the 'ping' command\r\n".utf8)
        )
        let isEnd = opening.hasPrefix("REPLCONF") || opening.hasPrefix("PSYNC")
        let rest = isEnd ? try client.readToEnd() : try client.readReply() + client.readReply()
        #expect(
            String(decoding: rest, as: UTF8.self) == (isEnd ? "" : "+RESET\r\n-NOAUTH Authentication required.\r\n")
        )
    }

    @Test(
        "nor does a command under another name, of which Redis may not tell",
        arguments: ["AUTH", "HELLO", "RESET"],
        ["short", String(repeating: "0123456789", count: 4)]
    )
    func renamed(command: String, name: String) throws {
        let redis = try RedisServer(["--rename-command", command, name])
        let admin = try redis.connect()
        // Passwords are given by the usual name, or not at all; and nobody but the default user may ask about commands.
        let url = command == "AUTH" ? redis.url : "redis://side:u@127.0.0.1:\(redis.port)"
        try admin.call(line: "ACL SETUSER side on >u ~* &* +@all -set -command")
        if command == "AUTH" { try admin.call(line: "ACL SETUSER default -set -command") }
        let ocm = try OCMServer(upstream: url, ["--requirepass", "gate"])
        let words = ["AUTH": " default zz", "HELLO": " 2 AUTH default zz"][command] ?? ""
        for opening in [nil, "CLIENT TRACKING OFF", "PSYNC a"] {
            let client = try ocm.connect()
            #expect(try client.call("AUTH", "gate") == "+OK\r\n")
            if let opening { try client.call(line: opening) }
            #expect(try client.call(line: name + words).hasPrefix("-ERR "))
            #expect(try client.call("SET", "k", "v").hasPrefix("-NOPERM"))
        }
        let other = try ocm.connect()
        #expect(try other.call("AUTH", "gate") == "+OK\r\n")
        #expect(try other.call("SET", "k", "v").hasPrefix("-NOPERM"))
    }

    @Test("what isn't sent within a transaction has Redis abort it")
    func untoldInTransaction() throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "gate") == "+OK\r\n")
        let name = String(repeating: "long", count: 10)
        for words in [["MULTI"], ["DEL", "k"], [name], ["AUTH\0", "default", "x"], ["EXEC"]] {
            try client.send(RawConnection.frame(words.map { Array($0.utf8) }))
        }
        for start in ["+OK", "+QUEUED", "-ERR unknown command", "-ERR unknown command", "-EXECABORT"] {
            #expect(String(decoding: try client.readReply(), as: UTF8.self).hasPrefix(start))
        }
    }

    @Test("the right one makes its client the URL's user in a tunnel, too", arguments: ["2", "3"])
    func inTunnel(version: String) throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "al", "a") == "+OK\r\n")
        #expect(try !client.call("HELLO", version).hasPrefix("-"))
        #expect(try client.call("CLIENT", "TRACKING", "OFF") == "+OK\r\n")
        #expect(try client.call("ACL", "WHOAMI").hasSuffix("\r\nal\r\n"))
        #expect(try client.call("AUTH", "gate") == "+OK\r\n")
        #expect(try client.call("ACL", "WHOAMI").hasSuffix("\r\nside\r\n"))
        #expect(try client.call("AUTH", "al", "a") == "+OK\r\n")
        #expect(try !client.call(line: "HELLO \(version) AUTH default gate SETNAME x").hasPrefix("-"))
        #expect(try client.call("ACL", "WHOAMI").hasSuffix("\r\nside\r\n"))
        #expect(try client.call("CLIENT", "GETNAME").hasSuffix("\r\nx\r\n"))
    }

    @Test("who has become somebody else with EXEC is the default user again after its password")
    func behindTransaction() throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "gate") == "+OK\r\n")
        for words in ["MULTI", "HELLO 2 AUTH al a", "EXEC"] { #expect(try !client.call(line: words).hasPrefix("-")) }
        #expect(try client.call("ACL", "WHOAMI") == "$2\r\nal\r\n")
        #expect(try client.call("AUTH", "default", "gate") == "+OK\r\n")
        #expect(try client.call("ACL", "WHOAMI") == "$4\r\nside\r\n")
        #expect(try client.call("SET", "k", "v").hasPrefix("-NOPERM"))
    }

    @Test("names of keys are for the URL's user, and for whom Redis gives INFO")
    func namesOfKeys() throws {
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "gate") == "+OK\r\n")
        for _ in 0..<100 { try client.call("GET", "name") }
        #expect(try client.call("INFO", "ocm").contains("ocm_top_key_1:name,"))
        #expect(try client.call("AUTH", "al", "a") == "+OK\r\n")
        #expect(try client.call("INFO").contains("ocm_top_key_1:name,"))
        #expect(try client.call("AUTH", "nobody", "n") == "+OK\r\n")
        #expect(try client.call("INFO").hasPrefix("-NOPERM"))
        let section = try client.call("INFO", "ocm")
        #expect(section.contains("ocm_version:") && !section.contains("name,"))
    }

    @Test("nor are they for those who are yet to log in to Redis, whose requests are as short as there")
    func unknownToRedis() throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "secret") == "+OK\r\n")
        for _ in 0..<100 { try client.call("GET", "name") }
        let stranger = try ocm.connect()
        #expect(try !stranger.call("INFO", "ocm").contains("name,"))
        try stranger.send("*2\r\n$3\r\nGET\r\n$16385\r\n")
        #expect(try stranger.readToEnd() == Array("-ERR Protocol error: unauthenticated bulk length\r\n".utf8))
        let other = try ocm.connect()
        try other.send("*11\r\n")
        #expect(try other.readToEnd() == Array("-ERR Protocol error: unauthenticated multibulk length\r\n".utf8))
        #expect(try client.call("SET", "k", String(repeating: "v", count: 100_000)) == "+OK\r\n")
    }

    @Test("what is sent behind an AUTH that isn't answered yet may be long", arguments: [false, true])
    func behindLogin(isOurs: Bool) throws {
        let redis = try RedisServer(isOurs ? [] : ["--requirepass", "gate"])
        let ocm = try OCMServer(upstream: redis.url, isOurs ? ["--requirepass", "gate"] : [])
        let value = String(repeating: "v", count: 20_000)
        let keys = (0..<20).map { "k\($0)" }
        for login in ["AUTH gate", "HELLO 2 AUTH default gate"] {
            let client = try ocm.connect()
            let commands = [login.split(separator: " ").map(String.init), ["SET", "k", value], ["DEL"] + keys]
            try client.send(commands.flatMap { RawConnection.frame($0.map { Array($0.utf8) }) })
            _ = try client.readReply()
            #expect(try client.readReply() == Array("+OK\r\n".utf8))
            #expect(try client.readReply() == Array(":0\r\n".utf8))
            let stranger = try ocm.connect()
            try stranger.send(RawConnection.frame([Array("AUTH".utf8), Array("wrong".utf8)]))
            try stranger.send("*2\r\n$3\r\nGET\r\n$20000\r\n")
            #expect(try stranger.readReply().starts(with: "-WRONGPASS".utf8))
            #expect(try stranger.readToEnd() == Array("-ERR Protocol error: unauthenticated bulk length\r\n".utf8))
        }
    }

    @Test("where Redis demands a password no more, nobody is a stranger")
    func passwordGone() throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let ocm = try OCMServer(upstream: redis.url)
        let admin = try redis.connect()
        try admin.call("AUTH", "secret")
        #expect(try ocm.connect().call("GET", "k").hasPrefix("-NOAUTH"))
        try admin.call("CONFIG", "SET", "requirepass", "")
        let value = String(repeating: "v", count: 20_000)
        try waitUntil("long requests are taken") {
            let client = try ocm.connect()
            return (try? client.call("SET", "k", value)) == "+OK\r\n"
        }
    }

    @Test("who comes back to the default user stays in the database that a transaction has selected")
    func database() throws {
        let client = try ocm.connect()
        for line in ["AUTH al a", "MULTI", "SELECT 5", "EXEC", "SET k v", "AUTH gate"] {
            #expect(try !client.call(line: line).hasPrefix("-"), "\(line)")
        }
        #expect(try client.call("ACL", "WHOAMI") == "$4\r\nside\r\n")
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n")
    }

    @Test(
        "a stranger whose HELLO is refused has no connection of Redis's",
        arguments: ["HELLO 3 AUTH al wrong", "HELLO 3 SETNAME x AUTH al wrong", "HELLO 3 AUTH al wrong AUTH al wrong"]
    )
    func strangers(hello: String) throws {
        let strangers = try (0..<30).map { _ in try ocm.connect() }
        for stranger in strangers { #expect(try stranger.call(line: hello) == Self.wrong) }
        try waitUntil("they have no connections") { try connections() < 10 }
    }

    @Test(
        "after a transaction of which a part failed nobody comes back to a database that he may not be in",
        arguments: ["MULTI|AUTH noselect n|SELECT 5|EXEC", "MULTI|SELECT 99|EXEC", "MULTI|HELLO 3 AUTH al wrong|EXEC"]
    )
    func flawed(lines: String) throws {
        try redis.connect().call(line: "ACL SETUSER noselect on >n ~* +@all -select")
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "al", "a") == "+OK\r\n")
        for line in lines.split(separator: "|") { try client.call(line: String(line)) }
        #expect(try client.call("AUTH", "gate").hasPrefix("-ERR ocm can't tell"))
        #expect(try client.call("RESET") == "+RESET\r\n")
        #expect(try client.call("AUTH", "gate") == "+OK\r\n")
        #expect(try client.call("GET", "k") == "$-1\r\n")
    }

    private func connections() throws -> Int {
        try redis.connect().call("CLIENT", "LIST").components(separatedBy: "\n").filter { $0.hasPrefix("id=") }.count
    }
}
