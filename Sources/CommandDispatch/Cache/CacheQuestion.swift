import LocalCache
import RESP
import Upstream

/// What is asked of the cache, in bytes of its own: it outlives the command that asked.
struct CacheQuestion {
    let hash: UInt64
    let namespace: UInt16
    private let bytes: [UInt8]
    private let keyLength: Int

    init(_ id: CacheID) {
        hash = id.hash
        namespace = id.namespace
        keyLength = id.key.count
        bytes = [UInt8](unsafeUninitializedCapacity: id.key.count + id.arguments.count) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            target.copyMemory(from: id.key)
            UnsafeMutableRawBufferPointer(rebasing: target[id.key.count...]).copyMemory(from: id.arguments)
            count = id.key.count + id.arguments.count
        }
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
