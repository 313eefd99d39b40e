import Foundation

/// Finds a TCP port of the loopback interface that nobody listens on.
///
/// It is below those that the system gives to outgoing connections (from 32768 on, on Linux): between this and the
/// server's start another test's connection might be given one of these. And none is given twice: a server that starts
/// late would find another test's on its port.
public func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = ports.next()
        if isFree(port) { return Int(port) }
    }
    throw TestError("no free port: \(String(cString: strerror(errno)))")
}

private let ports = PortSequence()

/// Ports one after the other, from one on that no other process is likely to have begun at.
private final class PortSequence: @unchecked Sendable {
    private static let range: Range<UInt16> = 10_000..<32_768
    private let lock = NSLock()
    private var last = UInt16.random(in: range)

    func next() -> UInt16 {
        lock.withLock {
            last = last + 1 < Self.range.upperBound ? last + 1 : Self.range.lowerBound
            return last
        }
    }
}

private func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
