import Foundation

/// The redis-server that PATH leads to, Debian's if nothing else was put there, on a free port and a unix socket, with
/// nothing kept on disk.
public final class RedisServer {
    /// Its TCP port on 127.0.0.1.
    public let port: Int
    /// Its unix socket.
    public let socketPath: String
    private let directory: TemporaryDirectory
    private let tls: TLSFiles?
    private let arguments: [String]
    private var process: TestProcess?

    /// Starts a server with `arguments` besides the usual ones, and waits until it answers. With `tls` its port is one
    /// for TLS.
    public init(_ arguments: [String] = [], port: Int? = nil, tls: TLSFiles? = nil, started: Bool = true) throws {
        self.port = try port ?? freePort()
        self.tls = tls
        self.arguments = arguments
        directory = try TemporaryDirectory()
        socketPath = directory.path + "/redis.sock"
        if started { try start() }
    }

    /// `redis://127.0.0.1:port`
    public var url: String { "redis://127.0.0.1:\(port)" }
    /// The same by its unix socket.
    public var unixURL: String { "unix://\(socketPath)" }

    /// Starts it, on the same port as before.
    public func start() throws {
        let process = try TestProcess(
            "/usr/bin/env",
            [
                "redis-server", "--port", "\(tls == nil ? port : 0)", "--unixsocket", socketPath, "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--dir", directory.path, "--enable-debug-command", "yes",
            ] + tlsArguments + arguments,
            output: directory.path + "/redis.log"
        )
        self.process = process
        try waitUntil("redis-server answers on port \(port)") {
            guard process.isRunning else { throw TestError("redis-server ended: \(process.output)") }
            return (try? connect().call("PING")) != nil
        }
    }

    /// Has it fail to save its data, upon which it refuses writes, and PING: in place of the file there is a directory.
    public func failToSave() throws {
        let path = directory.path + "/dump.rdb/x"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let admin = try connect()
        try admin.call("CONFIG", "SET", "save", "3600 1")
        try admin.call("BGSAVE")
        try waitUntil("it can't save") { try admin.call("PING").hasPrefix("-MISCONF") }
    }

    private var tlsArguments: [String] {
        guard let tls else { return [] }
        return [
            "--tls-port", "\(port)", "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key,
            "--tls-ca-cert-file", tls.authority, "--tls-auth-clients", "no",
        ]
    }

    /// Stops it at once and without a word, as a crash would.
    public func kill() throws {
        process?.send(SIGKILL)
        _ = try process?.waitForExit()
        process = nil
    }

    /// Freezes it: connections stay open and nothing answers.
    public func freeze() throws { try process?.freeze() }

    /// Lets it go on.
    public func thaw() { process?.thaw() }

    /// A connection to it, in plain text: by its socket if its port is one for TLS.
    public func connect() throws -> RawConnection {
        try tls == nil ? RawConnection(port: port) : RawConnection(socketPath: socketPath)
    }
}
