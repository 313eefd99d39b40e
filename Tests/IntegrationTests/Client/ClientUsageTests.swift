import Foundation
import TestSupport
import Testing

@Suite("What clients on the command line can't do")
struct ClientUsageTests {
    @Test(
        "a wrong command line is a usage error",
        arguments: [
            (["bogus"], "there is no command 'bogus'"), (["get"], "Missing expected argument '<key>'"),
            (["get", ""], "a key needs at least one character"),
            (["invalidate", ""], "a key needs at least one character"),
            (["batch-get"], "Missing expected argument '<keys> ...'"),
            (["set", "k"], "Missing expected argument '<value>'"),
            (["set", "k", "v", "--ttl", "0"], "it must be a number of seconds"),
            (["set", "k", "v", "--ttl", "nan"], "it must be a number of seconds"),
            (["batch-set", "[1]"], "ocm: the values must be a JSON object"),
            (["batch-set", "{\"a\":}"], "ocm: the values must be a JSON object"),
            (["get", "k", "--timeout", "soon"], "it must be a time such as 500ms"),
            (["get", "k", "--timeout", "0"], "it must be from 1ms to 24h"),
            (["stats", "--watch", "often"], "ocm: --watch 'often': it must be a time"),
            (["get", "k", "--url", "localhost:8000"], "ocm: --url: 'localhost:8000' is no server's URL"),
        ]
    )
    func usage(arguments: [String], reason: String) throws {
        let directory = try TemporaryDirectory()
        let process = try TestProcess(OCMServer.binary, arguments, output: directory.path + "/output")
        #expect(try process.waitForExit() == 2)
        #expect(process.output.contains(reason), "\(process.output)")
    }

    @Test("arguments that aren't UTF-8 aren't taken for others")
    func notUTF8() throws {
        let directory = try TemporaryDirectory()
        let command = "'\(OCMServer.binary)' set k $'\\xff'"
        let process = try TestProcess("/bin/bash", ["-c", command], output: directory.path + "/output")
        #expect(try process.waitForExit() == 2)
        #expect(process.output.hasPrefix("ocm: argument 3 isn't UTF-8"))
    }

    @Test("the help begins with serve")
    func help() throws {
        let help = try ClientCommand(url: nil).run("--help")
        let serve = try #require(help.text.firstRange(of: "\n  serve "))
        let client = try #require(help.text.firstRange(of: "\nCLIENT SUBCOMMANDS:\n  healthcheck "))
        #expect(help.status == 0 && serve.lowerBound < client.lowerBound)
    }

    /// Expects that the command ends with the status 1 and says nothing but `message`, on whichever stream.
    private func expectFailure(of arguments: [String], at url: String, _ message: String) throws {
        let directory = try TemporaryDirectory()
        let process = try TestProcess(
            OCMServer.binary,
            arguments,
            environment: ["OCM_URL": url],
            output: directory.path + "/output"
        )
        #expect(try process.waitForExit() == 1)
        #expect(process.output == message)
    }

    @Test(
        "a server that isn't there is an error in one line",
        arguments: [
            ["healthcheck"], ["stats"], ["stats", "--watch"], ["top"], ["keys"], ["get", "k"], ["set", "k", "v"],
            ["invalidate"], ["invalidate", "k"], ["batch-get", "k"], ["batch-set", "{}"],
        ]
    )
    func unreachable(arguments: [String]) throws {
        let url = "http://127.0.0.1:\(try freePort())"
        let message = "ocm: can't connect to \(url): Connection refused; is `ocm serve` running?\n"
        try expectFailure(of: arguments, at: url, message)
    }

    @Test("who isn't ocm, or doesn't answer, is noticed")
    func foreign() throws {
        let redis = try RedisServer()
        let foreign = try ClientCommand(url: "http://127.0.0.1:\(redis.port)").run("get", "k", "--timeout", "5s")
        #expect(foreign.status == 1 && foreign.errors.hasPrefix("ocm: "), "\(foreign.errors)")
        let server = try OCMServer(upstream: nil)
        let path = try ClientCommand(url: "http://localhost:\(server.restPort)/other/").run("get", "k")
        #expect(
            path.status == 1 && path.errors.contains("check the URL http://localhost:\(server.restPort)/other,"),
            "\(path.errors)"
        )
        try server.process.freeze()
        let silent = try ClientCommand(server).run("healthcheck", "--timeout", "100ms")
        #expect(silent.status == 1 && silent.errors.contains("within 0.1 s"), "\(silent.errors)")
        server.process.thaw()
    }

    @Test(
        "who says 200 to everything isn't ocm",
        arguments: [
            ["healthcheck"], ["healthcheck", "--live"], ["healthcheck", "--live", "--json"], ["stats"],
            ["stats", "--json"], ["top", "--json"], ["keys"], ["get", "k"], ["get", "k", "--json"], ["set", "k", "1"],
            ["set", "k", "text"], ["invalidate"], ["invalidate", "k"], ["batch-get", "k"], ["batch-set", "{\"k\":1}"],
        ]
    )
    func agreeable(arguments: [String]) throws {
        let server = try AgreeableServer()
        let url = "http://127.0.0.1:\(server.port)"
        let message = "ocm: \(url) doesn't answer as ocm does: check the URL, and the server's version\n"
        try expectFailure(of: arguments, at: url, message)
    }

    @Test(
        "that there is no TLS is said in words",
        arguments: [
            (AgreeableServer.page, "the server doesn't speak TLS: is its URL one with http://?"),
            ([], "the server closed the connection"),
        ]
    )
    func withoutTLS(answer: [UInt8], reason: String) throws {
        let server = try AgreeableServer(saying: answer)
        let url = "https://127.0.0.1:\(server.port)"
        try expectFailure(of: ["get", "k"], at: url, "ocm: no TLS connection to \(url): \(reason)\n")
    }

    @Test("tokens are given as options or in the environment, and missing ones asked for")
    func tokens() throws {
        let server = try OCMServer(upstream: nil, ["--rest-token", "secret", "--rest-read-token", "reader"])
        let none = ClientCommand(server)
        #expect(try none.run("healthcheck").status == 0)
        let refused = try none.run("get", "k")
        #expect(refused.status == 1)
        #expect(refused.errors.hasSuffix(" wants a token: give it as --token or OCM_TOKEN\n"), "\(refused.errors)")
        #expect(try none.run("set", "k", "v", "--token", "secret").status == 0)
        let reader = ClientCommand(server, environment: ["OCM_TOKEN": "reader"])
        #expect(try reader.run("get", "k").text == "v")
        #expect(try reader.run("batch-get", "k").status == 0)
        #expect(try reader.run("set", "k", "w").errors == "ocm: this token is for reading only\n")
        #expect(try reader.run("set", "k", "w", "--token", "secret").status == 0)
        let wrong = try none.run("get", "k", "--token", "wrong")
        #expect(wrong.status == 1 && wrong.errors.contains(" refuses the token: "), "\(wrong.errors)")
        #expect(try none.run("get", "k", "--token", "a\nb").errors.contains("check it"))
    }

    @Test("next to a server that has its port from the environment, that is the default")
    func portInEnvironment() throws {
        let server = try OCMServer(upstream: nil)
        let port = ClientCommand(url: nil, environment: ["OCM_PORT": "\(server.restPort)"])
        #expect(try port.run("healthcheck").text == "healthy\n")
        // What Kubernetes sets for a service called ocm.
        let link = ClientCommand(url: nil, environment: ["OCM_PORT": "tcp://10.0.0.1:8000"])
        #expect(try !link.run("healthcheck", "--timeout", "1s").errors.contains("10.0.0.1"))
    }

    @Test(
        "with the environment of a server, or its file, that server is asked",
        arguments: [
            ["rest-host": "127.0.0.2"], ["host": "127.0.0.2", "rest-token": "secret"],
            ["host": "127.0.0.2", "requirepass": "secret"], ["host": "127.0.0.2"], ["rest-host": "0.0.0.0"],
        ]
    )
    func configuration(options: [String: String]) throws {
        let ports = ["port": "\(try freePort())", "redis-port": "\(try freePort())"]
        let options = options.merging(ports) { $1 }
        let directory = try TemporaryDirectory()
        let file = directory.path + "/ocm.yaml"
        try options.map { "\($0): \($1)\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
        let server = try TestProcess(OCMServer.binary, ["serve", "--config", file], output: directory.path + "/log")
        try waitUntil("it is ready") { server.output.contains("is ready") }
        let variables = options.map { ("OCM_" + $0.uppercased().replacing("-", with: "_"), $1) }
        let commands = [
            try ClientCommand(url: nil, environment: Dictionary(uniqueKeysWithValues: variables)).run("healthcheck"),
            try ClientCommand(url: nil, environment: ["OCM_CONFIG": file]).run("healthcheck"),
            try ClientCommand(url: nil).run("healthcheck", "--config", file),
        ]
        for command in commands { #expect(command.text == "healthy\n", "\(command.errors)") }
    }

    @Test(
        "a server that can't be there is unhealthy, and why is said",
        arguments: [
            ("PORT", "0", "there is nobody to ask: the port for HTTP clients is 0, which stands for none"),
            ("PORT", "eighty", "OCM_PORT 'eighty': it must be a number from 0 to 65535"),
            ("CONFIG", "/nowhere", "cannot read the file /nowhere given with OCM_CONFIG"),
        ]
    )
    func nobodyToAsk(name: String, value: String, reason: String) throws {
        let outcome = try ClientCommand(url: nil, environment: ["OCM_\(name)": value]).run("healthcheck")
        #expect(outcome.status == 1 && outcome.errors == "ocm: \(reason)\n", "\(outcome.errors)")
    }

    @Test("a full disk is an error")
    func fullDisk() throws {
        let server = try OCMServer(upstream: nil)
        let directory = try TemporaryDirectory()
        let process = try TestProcess(
            "/bin/bash",
            ["-c", "'\(OCMServer.binary)' stats >/dev/full"],
            environment: ["OCM_URL": "http://127.0.0.1:\(server.restPort)"],
            output: directory.path + "/output"
        )
        #expect(try process.waitForExit() == 1)
        #expect(process.output == "ocm: can't write to the standard output: No space left on device\n")
    }
}
