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
}
