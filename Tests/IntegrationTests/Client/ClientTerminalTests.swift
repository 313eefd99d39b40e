import Foundation
import TestSupport
import Testing

@Suite("Clients on a terminal")
struct ClientTerminalTests {
    private let server: OCMServer
    private let ocm: ClientCommand

    init() throws {
        server = try OCMServer(upstream: nil)
        ocm = ClientCommand(server)
    }

    private func start(_ arguments: String..., rows: Int = 30) throws -> TerminalProcess {
        let environment = ["OCM_URL": "http://127.0.0.1:\(server.restPort)"]
        return try TerminalProcess(OCMServer.binary, arguments, environment: environment, rows: rows)
    }

    @Test("values and keys can't command it, and end with a newline")
    func output() throws {
        try ocm.run("set", "k\u{1B}[2J", "-", input: Array("a\tb\nred: \u{1B}[31m".utf8) + [0xFF])
        let get = try start("get", "k\u{1B}[2J")
        #expect(try get.waitForExit() == 0)
        #expect(get.output == "a\tb\r\nred: \\x1b[31m\\xff\r\n")
        let keys = try start("keys")
        #expect(try keys.waitForExit() == 0)
        #expect(keys.output == "k\\x1b[2J\r\n")
        try ocm.run("set", "line", "-", input: Array("one newline\n".utf8))
        let line = try start("get", "line")
        #expect(try line.waitForExit() == 0)
        #expect(line.output == "one newline\r\n")
    }

    @Test("top gives the terminal back as it was, however it is left", arguments: ["q", "Q", "\u{3}"])
    func leaving(key: String) throws {
        let top = try start("top")
        try waitUntil("two frames are there") { top.output.components(separatedBy: "q leaves").count > 2 }
        #expect(!top.isAsShellsWantIt)
        #expect(top.output.hasPrefix("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[1mocm "))
        top.type("x")
        top.type(key)
        #expect(try top.waitForExit() == 0)
        #expect(top.isAsShellsWantIt)
        #expect(top.output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
    }

    @Test("top ends cleanly by a signal", arguments: [SIGTERM, SIGINT, SIGHUP])
    func signals(signal: Int32) throws {
        let top = try start("top")
        try waitUntil("a frame is there") { top.output.contains("q leaves") }
        top.send(signal)
        #expect(try top.waitForExit() == 0)
        #expect(top.isAsShellsWantIt && top.output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
    }

    @Test("top can be suspended and continued")
    func suspending() throws {
        let shell = try TerminalProcess("/usr/bin/setsid", ["--ctty", "--wait", "/bin/bash", "--norc", "-i"])
        shell.type("'\(OCMServer.binary)' top --url http://127.0.0.1:\(server.restPort)\n")
        try waitUntil("a frame is there") { shell.output.contains("q leaves") }
        shell.type("\u{1A}")
        try waitUntil("it is suspended") { shell.output.contains("Stopped") }
        shell.type("echo it is $((6 * 7))\n")
        try waitUntil("the shell has the terminal") { shell.output.contains("it is 42") }
        shell.type("fg\n")
        try waitUntil("it goes on") {
            shell.output.components(separatedBy: "it is 42").last?.contains("q leaves") == true
        }
        shell.type("q")
        try waitUntil("it has left") { shell.output.components(separatedBy: "\u{1B}[?1049l").count == 3 }
        shell.type("exit 7\n")
        #expect(try shell.waitForExit() == 7)
    }

    @Test("top shows what fits")
    func size() throws {
        let top = try start("top", rows: 8)
        try waitUntil("a frame is there") { top.output.contains("q leaves") }
        #expect(top.output.contains("hit rate  ") && !top.output.contains("Latency (ms)"))
        top.resize(columns: 20, rows: 40)
        top.send(SIGWINCH)
        try waitUntil("it has seen that there is more room") { top.output.contains("Latency (ms)") }
        #expect(top.output.contains("…"))
        top.type("q")
        #expect(try top.waitForExit() == 0)
    }

    @Test("top waits for a server that has gone, and q leaves while one doesn't answer")
    func lostServer() throws {
        let top = try start("top")
        try waitUntil("a frame is there") { top.output.contains("q leaves") }
        try server.process.freeze()
        let silent = try start("top", "--timeout", "100ms")
        #expect(try silent.waitForExit() == 1)
        #expect(silent.output.hasPrefix("ocm: no answer from "))
        top.type("q")
        #expect(try top.waitForExit() == 0)
        server.process.thaw()
        let other = try start("top")
        try waitUntil("a frame is there") { other.output.contains("q leaves") }
        server.process.send(SIGKILL)
        try waitUntil("it says so") { other.output.contains("Connection refused") }
        other.type("q")
        #expect(try other.waitForExit() == 0)
        #expect(other.isAsShellsWantIt)
    }

    @Test("stats --watch shows it again in the same place")
    func watch() throws {
        let stats = try start("stats", "--watch", "10ms")
        try waitUntil("it has shown it again") { stats.output.components(separatedBy: "\u{1B}[H\u{1B}[2J").count > 3 }
        stats.send(SIGINT)
        #expect(try stats.waitForExit() == SIGINT)
    }
}
