import Foundation
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Runs `ocm` to its end.
    private func run(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let process = try TestProcess(
            OCMServer.binary,
            arguments,
            environment: environment,
            output: directory.path + "/output"
        )
        return (try process.waitForExit(), process.output)
    }

    private func file(_ text: String) throws -> String {
        let path = directory.path + "/ocm.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// One byte more than a socket's may have.
    private static let longPath = "/" + String(repeating: "s", count: 103)

    @Test(
        "what is wrong is said in one line, and the status is 1",
        arguments: [
            (["--upstream", "http://x"], "the scheme http:// is not supported"),
            (["--upstream", "redis://h:0"], "'0' is not a port"),
            (["--upstream", "redis://u:secret@h:99999"], "'99999' is not a port"),
            (["--upstream", "redis://h/x"], "database"),
            (["--upstream", "redis//u:secret@h"], "'***@h': write it as redis://host:6379"),
            (["--upstream", "u:secret@h:6379"], "'***@h:6379': write it as redis://host:6379"),
            (
                ["--upstream", "redis://h:6379?password=secret"],
                "'redis://h:6379?***': there is no place for a ? in it"
            ),
            (
                ["--upstream", "redis://h:6379/0?auth=secret"],
                "'redis://h:6379/0?***': there is no place for a ? in it"
            ),
            (["--upstream", "redis://[::1"], "an IPv6 address stands in brackets"),
            (["--upstream", "redis://::1"], "an IPv6 address stands in brackets"),
            (["--redis-socket", ""], "--redis-socket '': it must be a path"),
            (["--redis-socket", "/etc/passwd"], "cannot listen on /etc/passwd: it is there already, and is no socket"),
            (["--host", ""], "--host '': it must be an address or a name"),
            (["--rest-host", "", "--port", "1"], "--rest-host '': it must be an address or a name"),
            (
                ["--upstream", "redis://h", "--upstream-insecure"],
                "--upstream-insecure is for TLS, and so for an upstream with rediss:// only"
            ),
            (
                ["--upstream", "rediss://h", "--upstream-cacert", "/nowhere"],
                "--upstream-cacert '/nowhere': the file can't be read"
            ),
            (["--redis-port", "-1"], "--redis-port '-1': it must be a number from 0 to 65535"),
            (["--port", "-1"], "--port '-1': it must be a number from 0 to 65535"),
            (["--maxclients", "-1"], "--maxclients '-1': it must be a number from 1 to 1000000"),
            (["--memory-limit", "1.5gb"], "a whole number and kb, mb or gb (powers of 1024), or k, m or g (of 1000)"),
            (["--memory-limit", "100"], "--memory-limit '100': it must be 64kb at least (a number alone is bytes)"),
            (["--redis-port", "70000"], "--redis-port '70000': it must be a number from 0 to 65535"),
            (["--redis-port", "0"], "nothing to listen on: set --redis-port, --redis-socket or --port"),
            (
                ["--upstream", "redis://:secret@localhost:6380"],
                "the upstream redis://localhost:6380 is where ocm itself is to listen: one of them needs another address"
            ),
            (
                ["--upstream", "redis://[::1]:7000", "--host", "::", "--redis-port", "7000"],
                "the upstream redis://[::1]:7000 is where ocm itself is to listen"
            ),
            (
                ["--upstream", "unix:///tmp/s", "--redis-socket", "/tmp/s"],
                "the upstream unix:///tmp/s is where ocm itself is to listen"
            ),
            (["--max-entry-size", "513mb"], "--max-entry-size '513mb': it must be 512mb at most"),
            (["--memory-limit", "lots"], "it must be a size such as 64kb, 100mb or 1gb"),
            (["--memory-limit", "0"], "it must be a size such as 64kb, 100mb or 1gb"),
            (["--memory-limit", "9999999999gb"], "--memory-limit '9999999999gb': it is too large"),
            (["--memory-limit", "99999999999999999999"], "--memory-limit '99999999999999999999': it is too large"),
            (["--max-ttl", "0"], "--max-ttl '0': it must be from 1ms to 168h"),
            (["--timeout", "9999999999h"], "--timeout '9999999999h': it is too long"),
            (["--timeout", "99999999999999999999"], "--timeout '99999999999999999999': it is too long"),
            (["--timeout", "soon"], "it must be a time such as 500ms, 10s, 5m or 1h"),
            (["--protected-mode", "perhaps"], "it must be yes or no"),
            (["--threads", "0"], "it must be a number from 1 to 1024"),
            (["--config", "/nowhere"], "cannot read the file /nowhere given with --config"),
            (["--host", "203.0.113.7"], "cannot listen on 203.0.113.7:6380: this machine has no such address"),
            (["--redis-socket", "/nowhere/s"], "cannot listen on /nowhere/s: "),
            (
                ["--redis-socket", longPath],
                "--redis-socket '\(longPath)': the path of a unix socket has 103 bytes at most"
            ),
            (
                ["--upstream", "unix://:secret@\(longPath)"],
                "@\(longPath)': the path of a unix socket has 103 bytes at most"
            ),
            (["--host", "no.invalid"], "cannot listen on no.invalid:6380: the name 'no.invalid' can't be resolved"),
        ]
    )
    func wrong(arguments: [String], reason: String) throws {
        let (status, output) = try run(["serve", "--port", "0"] + arguments)
        #expect(status == 1)
        #expect(output.hasPrefix("ocm: ") && output.contains(reason), "\(output)")
        #expect(output.split(separator: "\n").count == 1)
        #expect(!output.contains("secret"))
    }

    @Test("OCM_NO_CACHE isn't ignored, and an empty variable is as none")
    func variables() throws {
        let refusal = try run(["serve"], environment: ["OCM_NO_CACHE": "1"])
        #expect(refusal.status == 1 && refusal.output == "ocm: OCM_NO_CACHE: write it as OCM_CACHE=no\n")
        let wrong = try run(["serve", "--threads", "0"], environment: ["OCM_HOST": "", "OCM_MEMORY_LIMIT": ""])
        #expect(wrong.output.contains("--threads '0'"))
    }

    @Test("an empty OCM_UPSTREAM isn't taken for none")
    func emptyUpstream() throws {
        for (arguments, environment) in [(["serve", "--upstream", ""], [:]), (["serve"], ["OCM_UPSTREAM": ""])] {
            let (status, output) = try run(arguments, environment: environment)
            #expect(
                status == 1
                    && output.lowercased().hasSuffix(
                        "upstream '': it is empty; write it as redis://host:6379, or leave it out to serve from memory\n"
                    ),
                "\(output)"
            )
        }
    }

    @Test("variables that are none of ocm's, and look as if they were, are named at its start")
    func foreignVariables() throws {
        let process = try TestProcess(
            OCMServer.binary,
            ["serve", "--port", "0", "--redis-port", "\(try freePort())"],
            environment: [
                "OCM_UPSTREM": "redis://h", "OCM_PORT": "tcp://10.0.0.1:6380", "OCM_SERVICE_HOST": "10.0.0.1",
                "OCM_PORT_6380_TCP_ADDR": "10.0.0.1", "OCM_SERVICE_PORT_REDIS": "6380",
                "OCM_REST_PORT": "\(try freePort())",
                "OCM_SOMETHING_ELSE_ALTOGETHER": "1", "OCM_TOKEN": "t", "OCM_REST_TOKEN": "t",
            ],
            output: directory.path + "/output"
        )
        try waitUntil("it is ready, or can't be") { process.output.contains("is ready") || !process.isRunning }
        let warnings = process.output.split(separator: "\n").filter { $0.contains(" warning ") }.map {
            String($0.split(separator: "[ocm] ")[1])
        }
        #expect(
            warnings.prefix(4) == [
                "OCM_PORT isn't read: 'tcp://10.0.0.1:6380' is what Kubernetes sets for a Service (a service link); "
                    + "enableServiceLinks: false in the pod's spec turns that off",
                "OCM_REST_PORT isn't read: there is no such option; the nearest that is known is OCM_REST_HOST",
                "OCM_SOMETHING_ELSE_ALTOGETHER isn't read: there is no such option",
                "OCM_UPSTREM isn't read: there is no such option; the nearest that is known is OCM_UPSTREAM",
            ],
            "\(process.output)"
        )
    }

    @Test(
        "a wrong variable is named",
        arguments: [
            ("MEMORY_LIMIT", "100", "it must be 64kb at least (a number alone is bytes)"),
            ("MAX_TTL", "200h", "it must be from 1ms to 168h"), ("TIMEOUT", "soon", "it must be a time such as"),
        ]
    )
    func wrongVariable(name: String, value: String, reason: String) throws {
        let (status, output) = try run(["serve"], environment: ["OCM_\(name)": value])
        #expect(status == 1 && output.hasPrefix("ocm: OCM_\(name) '\(value)': \(reason)"), "\(output)")
    }

    @Test("a file that can't be read is one that somebody has named")
    func missingFile() throws {
        let output = try run(["serve"], environment: ["OCM_CONFIG": "/nowhere"]).output
        #expect(output == "ocm: cannot read the file /nowhere given with OCM_CONFIG\n")
    }

    @Test("without file descriptors for more clients, those who are there are served, and the processor rests")
    func openFiles() throws {
        let redis = try RedisServer()
        let port = try freePort()
        let process = try TestProcess(
            "/bin/sh",
            [
                "-c", "ulimit -n 40; exec \"$0\" serve --port 0 --redis-port \(port) --upstream \(redis.url)",
                OCMServer.binary,
            ],
            output: directory.path + "/output"
        )
        try waitUntil("it is ready") { process.output.contains("is ready") }
        let bystander = try RawConnection(port: port)
        #expect(try bystander.call("PING") == "+PONG\r\n")
        // Each of these needs another one for its connection to Redis, which --maxclients doesn't count.
        var waiting = try (0..<10).map { _ in try RawConnection(port: port) }
        for client in waiting { try client.sendCommand("BLPOP", "none", "0") }
        try waitUntil("they wait") { try redis.connect().call("INFO", "clients").contains("blocked_clients:10\r\n") }
        let others = try (0..<9).map { _ in try RawConnection(port: port) }
        try waitUntil("it is said") { process.output.contains("can't be accepted: Too many open files") }
        #expect(try bystander.call("PING") == "+PONG\r\n")
        let before = process.processorTime
        sleep(2)
        #expect(process.processorTime - before < 1)
        waiting.removeAll()
        #expect(try others[8].call("PING") == "+PONG\r\n")
    }

    @Test("an option that doesn't exist is a usage error, and so is a command")
    func unknownOption() throws {
        let (status, output) = try run(["serve", "--bogus"])
        #expect(status == 2 && output.contains("Unknown option '--bogus'"))
        let command = try run(["flush", "--all"])
        #expect(command.status == 2)
        #expect(command.output.hasPrefix("ocm: there is no command 'flush': there are serve, healthcheck, stats, "))
        #expect(try run(["help", "serve"]).status == 0)
    }

    @Test(
        "an IPv6 address stands in brackets where a port is behind it",
        .enabled(if: hasIPv6Loopback(), "this machine has no IPv6")
    )
    func addressInBrackets() throws {
        let options = ["--host", "::1", "--rest-host", "::1"]
        let ocm = try OCMServer(upstream: nil, options)
        try waitUntil("it says how to come there") { ocm.log.contains(" try: redis-cli -h ::1 -p \(ocm.port) ping\n") }
        #expect(ocm.log.contains(" Redis clients: [::1]:\(ocm.port)\n"))
        #expect(ocm.log.contains(" http://[::1]:\(ocm.restPort)/\n"))
        let taken = try run(["serve", "--port", "0", "--redis-port", "\(ocm.port)"] + options)
        #expect(taken.output.hasPrefix("ocm: cannot listen on [::1]:\(ocm.port): it is already in use"))
        let variables = ["OCM_REST_HOST": "::1", "OCM_PORT": "\(ocm.restPort)"]
        #expect(try ClientCommand(url: nil, environment: variables).run("healthcheck").text == "healthy\n")
    }

    @Test("--version and --help")
    func version() throws {
        let (status, version) = try run(["--version"])
        #expect(status == 0 && version.firstMatch(of: /^\d+\.\d+\.\d+\n$/) != nil)
        #expect(try run(["serve", "--help"]).output.contains("--upstream <upstream>"))
    }

    @Test("a taken port, a wrong password, a database that isn't there")
    func refused() throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let taken = try run(["serve", "--port", "0", "--redis-port", "\(redis.port)"])
        #expect(
            taken.status == 1 && taken.output.contains("cannot listen on 127.0.0.1:\(redis.port): it is already in")
        )
        let port = "\(try freePort())"
        for (url, reason) in [
            ("redis://:wrong@127.0.0.1:\(redis.port)", "WRONGPASS"),
            ("redis://:secret@127.0.0.1:\(redis.port)/99", "ERR DB index is out of range"),
        ] {
            let (status, output) = try run(["serve", "--port", "0", "--redis-port", port, "--upstream", url])
            #expect(status == 1 && output.contains("refuses the connection: \(reason)"), "\(output)")
            #expect(output.contains("check the user, the password and the database in --upstream"))
            #expect(!output.contains("wrong@") && !output.contains("secret"))
        }
    }

    @Test(
        "a file may be YAML or JSON; what it can't be is said",
        arguments: [
            ("redis-prot: 1", "unknown option 'redis-prot'; known are upstream, upstream-cacert,"),
            ("{\"threads\": [1, 2]}", "the option 'threads' takes one value"),
            ("- a\n- b", "must hold options by name"),
            ("a: [", "is neither YAML nor JSON: did not find expected node content"),
            ("a: {b: 'c", "while scanning a quoted scalar in line 1, column 10"),
            ("threads: *all", "is neither YAML nor JSON: found undefined alias"),
            ("threads: 1\n---\nthreads: 2", "there is more than one document"),
            ("threads: 1\nthreads: 2", "the option 'threads' is given twice"),
            ("[threads]: 1", "unknown option '?'"),
            ("requirepass: ~", "the option 'requirepass' takes one value"),
            ("{\"rest-token\": null}", "the option 'rest-token' takes one value"),
            ("threads: many", "it must be a number from 1 to 1024"),
            ("memory-limit: 100", "memory-limit '100': it must be 64kb at least"),
        ]
    )
    func wrongFile(text: String, reason: String) throws {
        let (status, output) = try run(["serve", "--config", try file(text)])
        #expect(status == 1 && output.contains(reason) && output.contains("ocm.yaml"), "\(output)")
    }

    @Test("the command line wins over the environment, and that over the file")
    func precedence() throws {
        let ports = try (0..<3).map { _ in try freePort() }
        let path = try file("{\"redis-port\": \(ports[0]), \"requirepass\": \"from the file\", \"maxclients\": 5}")
        let process = try TestProcess(
            OCMServer.binary,
            ["serve", "--config", path, "--port", "0", "--redis-port", "\(ports[2])"],
            environment: [
                "OCM_REDIS_PORT": "\(ports[1])", "OCM_REQUIREPASS": "from the environment",
                // What Kubernetes says of a Service that is called ocm.
                "OCM_PORT": "tcp://10.0.0.1:8000",
            ],
            output: directory.path + "/output"
        )
        try waitUntil("it is ready") { process.output.contains("try: redis-cli -h 127.0.0.1 -p \(ports[2])") }
        let client = try RawConnection(port: ports[2])
        #expect(try client.call("AUTH", "from the file").hasPrefix("-WRONGPASS"))
        #expect(try client.call("AUTH", "from the environment") == "+OK\r\n")
        #expect(!process.output.contains("from the"))
        process.send(SIGTERM)
        #expect(try process.waitForExit() == 0)
    }
}
