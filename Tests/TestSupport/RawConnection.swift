import Foundation
import RESP

/// A client that shows the very bytes: a blocking socket with a deadline on everything.
public final class RawConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var framer = ReplyFramer()
    private var scanned = 0

    /// Connects to a TCP port.
    ///
    /// - Parameters:
    ///   - port: the port.
    ///   - address: an IPv4 address of this machine.
    ///   - receiveBuffer: the size of the socket's receive buffer in bytes, to be a slow reader; nil for the usual one.
    public init(port: Int, address: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_addr.s_addr = inet_addr(address)
        peer.sin_port = UInt16(port).bigEndian
        try connect(to: &peer, named: "\(address):\(port)")
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects to a unix socket.
    public init(socketPath: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var peer = sockaddr_un()
        peer.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &peer.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        try connect(to: &peer, named: socketPath)
    }

    /// The descriptor is closed by deinit, also when this fails.
    private func connect<Address>(to peer: inout Address, named name: String) throws {
        let connected = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard connected == 0 else { throw TestError("can't connect to \(name): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Sends bytes as they are.
    public func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor,
                    $0.baseAddress.unsafelyUnwrapped + sent,
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw TestError("can't send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// Sends text as it is.
    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends a command as multibulk bytes.
    public func sendCommand(_ arguments: String...) throws { try send(Self.frame(arguments.map { Array($0.utf8) })) }

    /// A command as multibulk bytes.
    public static func frame(_ arguments: [[UInt8]]) -> [UInt8] {
        var frame = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments { frame += Array("$\(argument.count)\r\n".utf8) + argument + [13, 10] }
        return frame
    }

    /// Sends a command and returns its reply, as text.
    @discardableResult
    public func call(_ arguments: String...) throws -> String { try call(arguments) }

    /// Sends a command and returns its reply, as text.
    @discardableResult
    public func call(_ arguments: [String]) throws -> String {
        try send(Self.frame(arguments.map { Array($0.utf8) }))
        return String(decoding: try readReply(), as: UTF8.self)
    }

    /// Sends a command whose words have spaces between them, and returns its reply, as text.
    @discardableResult
    public func call(line: String) throws -> String { try call(line.split(separator: " ").map(String.init)) }

    /// Reads with `command`, in words, until the cache answers it.
    public func waitUntilKept(_ command: String) throws {
        try waitUntil("\(command) is kept") {
            try call(line: command)
            return try call(line: "CACHE EXPLAIN \(command)") == "$3\r\nHIT\r\n"
        }
    }

    /// The bytes of the next reply (or push); nil when the connection ended before it.
    public func nextReply(within seconds: Double = 15) throws -> [UInt8]? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let end = try received.withUnsafeBytes { try framer.endOfFrame(in: $0, from: scanned) }
            if let end {
                defer {
                    received.removeFirst(end)
                    scanned = 0
                }
                return Array(received[0..<end])
            }
            scanned = received.count
            guard try receiveMore(until: deadline) else { return nil }
        }
    }

    /// The bytes of the next reply; fails when the connection ended.
    public func readReply(within seconds: Double = 15) throws -> [UInt8] {
        guard let reply = try nextReply(within: seconds) else { throw TestError("the connection was closed") }
        return reply
    }

    /// The next `count` bytes, whatever they are.
    public func read(_ count: Int, within seconds: Double = 15) throws -> [UInt8] {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while received.count < count {
            guard try receiveMore(until: deadline) else { throw TestError("the connection was closed") }
        }
        defer { received.removeFirst(count) }
        return Array(received[0..<count])
    }

    /// Everything up to the end of the connection.
    public func readToEnd(within seconds: Double = 15) throws -> [UInt8] {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try receiveMore(until: deadline) {}
        defer { received = [] }
        return received
    }

    /// Whether nothing arrives for some time.
    public func isSilent(for seconds: Double) throws -> Bool {
        guard received.isEmpty else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(seconds * 1000)) == 0
    }

    /// Says that nothing more will be sent.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Receives at least one byte; false at the end of the connection.
    private func receiveMore(until deadline: Date) throws -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = max(0, deadline.timeIntervalSinceNow)
        guard poll(&entry, 1, Int32(left * 1000)) > 0 else {
            throw TestError("no reply in time; so far: \(String(decoding: received.prefix(200), as: UTF8.self))")
        }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        received += chunk[0..<count]
        return true
    }
}
