import Foundation

/// The `ocm` binary, serving on a free port.
///
/// The binary is the one that `OCM_BINARY` names, or the release build of this repository.
public final class OCMServer {
    /// Its TCP port for Redis clients on 127.0.0.1.
    public let port: Int
    /// The port for HTTP clients.
    public let restPort: Int
    /// Its unix socket for Redis clients.
    public let socketPath: String
    private let directory: TemporaryDirectory
    /// Its process.
    public let process: TestProcess

    /// Where the binary is.
    public static var binary: String {
        if let path = ProcessInfo.processInfo.environment["OCM_BINARY"] { return path }
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return repository.path + "/.build/release/ocm"
    }

    /// Starts it before `upstream`, or with the embedded store, and waits until clients can connect.
    public init(
        upstream: String?,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        ready: Bool = true
    ) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.binary) else {
            throw TestError("there is no \(Self.binary): run `make build` first")
        }
        port = try freePort()
        restPort = try freePort()
        directory = try TemporaryDirectory()
        socketPath = directory.path + "/ocm.sock"
        process = try TestProcess(
            Self.binary,
            ["serve", "--port", "\(restPort)", "--redis-port", "\(port)", "--redis-socket", socketPath]
                + (upstream.map { ["--upstream", $0] } ?? []) + arguments,
            environment: environment,
            output: directory.path + "/ocm.log"
        )
        guard ready else { return }
        try waitUntil("ocm is ready") {
            guard process.isRunning else { throw TestError("ocm ended: \(process.output)") }
            return process.output.contains("is ready")
        }
    }

    /// A connection to it.
    public func connect() throws -> RawConnection { try RawConnection(port: port) }

    /// Waits until it hears of invalidations, and so keeps replies.
    public func waitUntilCaching() throws {
        let client = try connect()
        try waitUntil("replies are cached") {
            // A miss on a connection that isn't tracked yet is bypassed.
            try client.call("GET", "is anything kept?")
            return try client.call("CACHE", "EXPLAIN", "GET", "is anything kept?").hasSuffix("HIT\r\n")
        }
    }

    /// What `INFO ocm` says of the cache, such as `hits`; -1 if it says nothing of that.
    public func cacheFigure(_ name: String) throws -> Int {
        let line = try connect().call("INFO", "ocm").split(separator: "\r\n").first {
            $0.hasPrefix("ocm_cache_\(name):")
        }
        return Int(line?.split(separator: ":").last ?? "") ?? -1
    }

    /// What it has logged.
    public var log: String { process.output }

    /// Tells it to stop, and returns its exit status.
    public func stop() throws -> Int32 {
        process.send(SIGTERM)
        return try process.waitForExit()
    }
}
