import NIOCore
import RESP
import Synchronization
import TestSupport

@testable import Upstream

/// Calls an embedded store whose time stands still until it is told to move.
final class StoreClient {
    let store: EmbeddedStore
    private let clock: Clock

    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_700_000_000_000)
    }

    init(memoryLimit: Int = 0) {
        let clock = Clock()
        self.clock = clock
        store = EmbeddedStore(memoryLimit: memoryLimit) { clock.now.load(ordering: .relaxed) }
    }

    /// Unix time in ms, as the store sees it.
    var now: Int64 { clock.now.load(ordering: .relaxed) }

    /// Lets time pass.
    func advance(milliseconds: Int64) { clock.now.add(milliseconds, ordering: .relaxed) }

    /// The reply to a command, as text.
    @discardableResult
    func call(_ words: String...) throws -> String { try call(words) }

    /// The same.
    @discardableResult
    func call(_ words: [String]) throws -> String {
        String(decoding: try reply(to: words.map { Array($0.utf8) }), as: UTF8.self)
    }

    /// The reply to a command, as bytes.
    func reply(to arguments: [[UInt8]]) throws -> [UInt8] {
        try RawConnection.frame(arguments).withUnsafeBytes { bytes in
            var parser = RequestParser()
            guard try parser.parse(bytes, authenticated: true) == .command else { throw TestError("not a command") }
            var reply = ByteBuffer()
            guard store.execute(parser.command(in: bytes), db: 0, version: .resp2, into: &reply) else {
                throw TestError("the store doesn't serve \(String(decoding: arguments[0], as: UTF8.self))")
            }
            return Array(reply.readableBytesView)
        }
    }

    /// A figure of the store's INFO.
    func info(_ name: String) throws -> Int {
        let line = store.info(sections: []).joined().split(separator: "\r\n").first { $0.hasPrefix("\(name):") }
        guard let line, let number = Int(line.dropFirst(name.count + 1)) else { throw TestError("no \(name) in INFO") }
        return number
    }
}
