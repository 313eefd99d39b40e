import Foundation

/// Stands between a client and a server, and decides what of theirs arrives when.
///
/// Every connection to its port is one to the server's. Each direction can be held: what is sent, and the end of the
/// connection, then arrives only after it was let go, while whoever sent it thinks that it is on its way. So a test has
/// what is sent over several connections arrive in the order that it wants.
///
/// All takes a fifth of a millisecond longer each way, so that ocm never takes the server for near: to one that is, it
/// sends nothing while replies that are held are owed (`WritePacing`).
public final class Relay: @unchecked Sendable {
    /// Its port on 127.0.0.1.
    public let port: Int
    private var serverPort: Int
    private var swallowed: String?
    private let listener: Int32
    private let lock = NSLock()
    private var connections: [RelayedConnection] = []

    /// A relay before the server at `serverPort` of 127.0.0.1.
    public init(to serverPort: Int) throws {
        port = try freePort()
        self.serverPort = serverPort
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let bound = Self.withAddress(of: port) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 64) == 0 else {
            throw TestError("can't listen on port \(port): \(String(cString: strerror(errno)))")
        }
        Thread.detachNewThread { [listener, weak self] in
            while case let accepted = accept(listener, nil, nil), accepted >= 0 { self?.relay(accepted) }
            close(listener)
        }
    }

    /// Every connection from now on is one to the server at this port.
    public func redirect(to port: Int) { lock.withLock { serverPort = port } }

    /// The next time that a client says `word` it doesn't arrive, nor does what the client says after it.
    public func swallow(_ word: String) { lock.withLock { swallowed = word } }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { connection.cut() }
    }

    private func relay(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let port = lock.withLock { serverPort }
        guard Self.withAddress(of: port, { connect(server, $0, $1) }) == 0 else {
            close(server)
            close(client)
            return
        }
        let connection = RelayedConnection(client: RelaySocket(client), server: RelaySocket(server)) {
            [weak self] said in
            self?.swallows(said) ?? false
        }
        lock.withLock { connections.append(connection) }
    }

    private func swallows(_ said: String) -> Bool {
        lock.withLock {
            guard let word = swallowed, said.contains(word) else { return false }
            swallowed = nil
            return true
        }
    }

    /// The last connection of those whose client has said all of `words`, and none of `others`; waits until there is
    /// one.
    public func connection(saying words: String..., without others: [String] = []) throws -> RelayedConnection {
        var found: RelayedConnection?
        try waitUntil("a connection says \(words)") {
            found = lock.withLock { connections }.last { connection in
                let said = connection.requests.sent
                return words.allSatisfy { said.contains($0) } && !others.contains { said.contains($0) }
            }
            return found != nil
        }
        return found.unsafelyUnwrapped
    }

    private static func withAddress(of port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// One connection through a ``Relay``.
public final class RelayedConnection: Sendable {
    /// What the client sends.
    public let requests: RelayedStream
    /// What the server sends.
    public let replies: RelayedStream
    /// The address that the server sees, as it names it itself.
    public let addressAtServer: String
    private let sockets: [RelaySocket]

    fileprivate init(client: RelaySocket, server: RelaySocket, swallows: @escaping @Sendable (String) -> Bool) {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(server.descriptor, $0, &length)
            }
        }
        addressAtServer = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        sockets = [client, server]
        requests = RelayedStream(from: client, to: server, swallows: swallows)
        replies = RelayedStream(from: server, to: client) { _ in false }
    }

    fileprivate func cut() { for socket in sockets { shutdown(socket.descriptor, Int32(SHUT_RDWR)) } }
}

/// What one end of a relayed connection sends to the other.
public final class RelayedStream: @unchecked Sendable {
    private let destination: RelaySocket
    private let lock = NSLock()
    private var all: [UInt8] = []
    private var arrived = 0
    private var hasEnded = false
    private var isHeld = false
    private let swallows: @Sendable (String) -> Bool

    fileprivate init(
        from source: RelaySocket,
        to destination: RelaySocket,
        swallows: @escaping @Sendable (String) -> Bool
    ) {
        self.swallows = swallows
        self.destination = destination
        Thread.detachNewThread { [self] in
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = recv(source.descriptor, &chunk, chunk.count, 0), count > 0 {
                usleep(200)
                take(chunk[..<count])
            }
            end()
        }
    }

    /// All that was ever sent.
    public var sent: String { lock.withLock { String(decoding: all, as: UTF8.self) } }
    /// What was sent and hasn't arrived.
    public var held: String { lock.withLock { String(decoding: all[arrived...], as: UTF8.self) } }

    /// Lets nothing arrive from now on.
    public func hold() { lock.withLock { isHeld = true } }

    /// Lets everything arrive that was held, and what comes later.
    public func letGo() {
        lock.withLock {
            isHeld = false
            passOn()
        }
    }

    /// Lets `count` bytes arrive of what was held, and then the end.
    public func tear(after count: Int) {
        lock.withLock {
            all.removeSubrange((arrived + count)...)
            hasEnded = true
            isHeld = false
            passOn()
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        lock.withLock {
            all += bytes
            if swallows(String(decoding: bytes, as: UTF8.self)) { isHeld = true }
            passOn()
        }
    }

    private func end() {
        lock.withLock {
            hasEnded = true
            passOn()
        }
    }

    private func passOn() {
        guard !isHeld else { return }
        while arrived < all.count {
            let count = all[arrived...].withUnsafeBytes {
                send(destination.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // Who has closed his end doesn't mind what more there was.
            arrived = count > 0 ? arrived + count : all.count
        }
        if hasEnded { shutdown(destination.descriptor, Int32(SHUT_WR)) }
    }
}

/// A socket that is closed when neither direction needs it any more.
private final class RelaySocket: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
