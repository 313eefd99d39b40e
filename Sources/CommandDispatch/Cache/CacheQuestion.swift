import LocalCache
import RESP
import Upstream

/// What is asked of the cache, in bytes of its own: it outlives the command that asked.
struct CacheQuestion {
    private(set) var hash: UInt64 = 0
    private(set) var namespace: UInt16 = 0
    private var bytes: [UInt8] = []
    private var keyLength = 0

    /// Nothing yet.
    init() {}

    /// What `id` asks.
    init(_ id: CacheID) { set(id) }

    /// Becomes what `id` asks, in the room that is there.
    mutating func set(_ id: CacheID) {
        hash = id.hash
        namespace = id.namespace
        keyLength = id.key.count
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: id.key)
        bytes.append(contentsOf: id.arguments)
    }

    /// What is kept of its room, in bytes.
    private static let mostRoom = 16 << 10

    /// Nobody asks it any more. It gives an unusual key's room back.
    mutating func forget() {
        if bytes.capacity > Self.mostRoom { bytes = [] }
    }

    /// Whether it asks for the string at the key rather than for a reply.
    var isForString: Bool { keyLength == bytes.count }

    /// Calls `body` with the question as the cache takes it.
    func withID<Result>(_ body: (CacheID) -> Result) -> Result {
        bytes.withUnsafeBytes { all in
            body(
                CacheID(
                    hash: hash,
                    key: UnsafeRawBufferPointer(rebasing: all[..<keyLength]),
                    namespace: namespace,
                    arguments: UnsafeRawBufferPointer(rebasing: all[keyLength...])
                )
            )
        }
    }

    /// Whether `id` asks the same.
    func asks(_ id: CacheID) -> Bool {
        guard hash == id.hash, namespace == id.namespace, keyLength == id.key.count else { return false }
        return bytes.withUnsafeBytes {
            $0.prefix(keyLength).elementsEqual(id.key) && $0.dropFirst(keyLength).elementsEqual(id.arguments)
        }
    }
}
