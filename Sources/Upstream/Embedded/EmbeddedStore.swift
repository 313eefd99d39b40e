import NIOConcurrencyHelpers
import NIOCore
import RESP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// # Strings, hashes and keys in memory, for when there is no Redis
///
/// One keyspace behind one lock, shared by all event loops: a command holds it for well under a microsecond, so there
/// is little to gain from more of them, and every command is atomic as it is in Redis.
///
/// A key and its value are one block of memory (``Entry``), found through a hash table that grows a little at a time
/// (``Dict``). Every byte taken is charged by what the allocator really spends on it (``Heap``), tables included, and
/// the limit is kept by evicting (`Keyspace+Eviction.swift`). A key that has expired is gone for everybody at once:
/// whoever meets it removes it; what nobody meets is found by ``runCycle()``.
///
/// Commands are data in ``EmbeddedCommandTable``. Replies and errors are those of Redis 7.0.
public final class EmbeddedStore: Sendable {
    /// How many databases there are (Redis's default).
    public static let databases = 16

    private let lock = NIOLock()
    private let table = EmbeddedCommandTable.standard
    nonisolated(unsafe) let keyspace: Keyspace

    /// An empty store.
    ///
    /// - Parameter memoryLimit: how many bytes it may take; 0 for any number.
    public convenience init(memoryLimit: Int) {
        self.init(memoryLimit: memoryLimit) {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec / 1_000_000)
        }
    }

    /// An empty store with a clock of its own (Unix time in ms), for tests.
    init(memoryLimit: Int, clock: @escaping @Sendable () -> Int64) {
        keyspace = Keyspace(memoryLimit: memoryLimit, clock: clock)
    }

    /// Executes a command and writes its reply; returns false and writes nothing when the store doesn't serve it.
    @inline(__always)
    public func execute(_ command: Command, db: Int, version: RESPVersion, into reply: inout ByteBuffer) -> Bool {
        guard let name = CommandName(command[0]), let spec = table.pointer(to: name),
            let handler = spec.pointee.handler
        else { return false }
        let start = reply.writerIndex
        let call = Call(command: command, db: db, version: version)
        do throws(CommandError) {
            guard spec.pointee.accepts(command.count) else { throw .wrongArity(spec.pointee.name) }
            lock.lock()
            defer { lock.unlock() }
            keyspace.beginCommand()
            if spec.pointee.takesMemory {
                if !spec.pointee.overwrites || call.asksForOldValue { keyspace.hold(call) }
                try keyspace.makeRoom(Self.mostMemory(of: command))
            }
            try handler(keyspace, call, &reply)
            if !keyspace.lazyFree.isEmpty { keyspace.freeLazily(chains: 4) }
        } catch {
            reply.moveWriterIndex(to: start)
            reply.writeError(error.text)
        }
        return true
    }

    /// Brings what will be looked up in a moment near the processor, by hashes of keys: the waits for memory overlap.
    public func prefetch(_ hashes: UnsafeBufferPointer<UInt64>, db: Int) {
        lock.withLock {
            for hash in hashes { keyspace.databases[db].keys.prefetchBucket(hash) }
            for hash in hashes { keyspace.databases[db].keys.prefetchElement(hash) }
        }
    }

    /// What the arguments of a command take at most when each of them is stored.
    @inline(__always)
    static func mostMemory(of command: Command) -> Int { command.frame.count + 96 * command.count }

    /// Gives back the memory of expired and deleted keys; to be called some ten times a second.
    public func runCycle() { lock.withLock { keyspace.runCycle() } }

    /// What a client is told whose command the store doesn't serve.
    public static func unknownCommandError(_ name: String) -> String {
        "ERR unknown command '\(name)': the embedded store serves strings, hashes and keys; "
            + "start with --upstream redis://… for all of Redis"
    }

    /// How long a key lives on, in milliseconds; nil if there is none, or it has no end. This is no use of the key.
    public func remainingLife(ofKey key: UnsafeRawBufferPointer, db: Int) -> Int? {
        lock.withLock {
            keyspace.beginCycle()
            guard let slot = keyspace.find(key, keyspace.hash(key), db), slot.isMarked else { return nil }
            return Int(slot.element.expiry - keyspace.now)
        }
    }

    /// What it holds and has done.
    public var statistics: EmbeddedStoreStatistics {
        lock.withLock {
            EmbeddedStoreStatistics(
                keys: (0..<Self.databases).reduce(0) { $0 + keyspace.databases[$1].keys.count },
                usedMemory: keyspace.usedMemory,
                memoryLimit: keyspace.memoryLimit,
                hits: keyspace.statistics.keyspaceHits,
                misses: keyspace.statistics.keyspaceMisses,
                evictedKeys: keyspace.statistics.evictedKeys,
                expiredKeys: keyspace.statistics.expiredKeys
            )
        }
    }

    /// The sections of INFO that are about the data, by the names asked for (lower case); all of them for none.
    public func info(sections: [String]) -> [String] {
        lock.withLock { KeyspaceInfo(keyspace).sections(sections) }
    }
}
