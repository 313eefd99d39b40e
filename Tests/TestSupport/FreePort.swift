import Foundation

/// Finds a TCP port of the loopback interface that nobody listens on.
///
/// It is below those that the system gives to outgoing connections (from 32768 on, on Linux): between this and the
/// server's start another test's connection might be given one of these.
public func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = UInt16.random(in: 10_000..<32_768)
        if isFree(port) { return Int(port) }
    }
    throw TestError("no free port: \(String(cString: strerror(errno)))")
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
