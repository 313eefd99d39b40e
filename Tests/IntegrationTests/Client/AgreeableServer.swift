import Foundation
import TestSupport

/// A server that is neither ocm nor Redis: it says the same to whatever is asked; if nothing else, 200, and it shows a
/// page.
final class AgreeableServer: Sendable {
    /// Its port on 127.0.0.1.
    let port: Int
    private let listener: Int32

    /// A server that answers what comes first with `answer`, and what comes next with `more`, if it isn't empty.
    init(saying answer: [UInt8] = AgreeableServer.page, then more: [UInt8] = []) throws {
        port = try freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listener, 8) == 0 else {
            throw TestError("can't listen on port \(port): \(String(cString: strerror(errno)))")
        }
        Thread.detachNewThread { [listener] in
            while case let client = accept(listener, nil, nil), client >= 0 { Self.say([answer, more], to: client) }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    static let page = {
        let page = "<html><body>It works!</body></html>\n"
        return Array(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)".utf8
        )
    }()

    private static func say(_ answers: [[UInt8]], to client: Int32) {
        var request = [UInt8](repeating: 0, count: 64 << 10)
        for answer in answers where !answer.isEmpty {
            _ = recv(client, &request, request.count, 0)
            _ = send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
        shutdown(client, Int32(SHUT_WR))
        // What is closed with input unread takes back what it has sent.
        while recv(client, &request, request.count, 0) > 0 {}
        close(client)
    }
}
