import NIOCore
import RESP

/// The data of an ``EmbeddedStore``: databases, their memory and time. Not safe for threads; the store holds its lock.
///
/// Commands are in `Commands/`: this type offers what they are made of.
final class Keyspace {
    /// What is left of `memoryLimit` is kept to; 0 means that there is none.
    let memoryLimit: Int
    /// The databases, ``EmbeddedStore/databases`` of them.
    let databases: UnsafeMutablePointer<Database>
    /// The hash of keys.
    let hash = KeyHash.process

    /// Bytes taken from memory: entries, fields, tables, and what is deleted but not yet freed.
    var usedMemory = 0
    /// The most that ``usedMemory`` was.
    var peakMemory = 0
    /// What the command under way may still need; tables don't grow into that.
    var reservedMemory = 0
    /// What is set aside for another table, and charged: see ``saveForTable(_:)``.
    var savings = 0
    /// The key whose value the command under way works on: it isn't evicted to make room for that.
    var held: (key: UnsafeRawBufferPointer, db: Int)?
    var statistics = KeyspaceStatistics()
    var lazyFree = LazyFree()
    var trimmer = HeapTrimmer()
    var random = RandomSource(seed: .random(in: 0 ... .max))
    /// The time by which use is measured: since the keyspace was made, as of lately (``KeyUse``).
    private(set) var useClock: UInt32 = 0

    private let clock: @Sendable () -> Int64
    private let startTime: Int64
    private var commandTime: Int64?

    /// An empty keyspace.
    init(memoryLimit: Int, clock: @escaping @Sendable () -> Int64) {
        self.memoryLimit = memoryLimit
        self.clock = clock
        startTime = clock()
        databases = .allocate(capacity: EmbeddedStore.databases)
        databases.initialize(repeating: Database(), count: EmbeddedStore.databases)
    }

    deinit {
        for db in 0..<EmbeddedStore.databases { flush(db) }
        while !lazyFree.isEmpty { _ = lazyFree.free(chains: 1) }
        databases.deallocate()
    }

    /// Unix time in ms. It stands still while a command runs, so that a key is either there for all of it or not at
    /// all.
    var now: Int64 {
        if let commandTime { return commandTime }
        let time = clock()
        commandTime = time
        useClock = UInt32(truncatingIfNeeded: (time - startTime) >> KeyUse.clockShift)
        return time
    }

    /// Looks at the clock again when the time is next asked for, and at the latest every 64 commands: the time of last
    /// use needs to be right within some thousandths of a second, and asking costs a fifth of a command.
    @inline(__always)
    func beginCommand() {
        commandTime = nil
        reservedMemory = 0
        held = nil
        statistics.totalCommandsProcessed &+= 1
        if statistics.totalCommandsProcessed & 63 == 0 { _ = now }
    }

    /// Does what is to be done from time to time, apart from commands.
    func beginCycle() {
        commandTime = nil
        reservedMemory = 0
        held = nil
        _ = now
    }

    /// How many bytes a table may take that isn't needed at once.
    @inline(__always)
    var roomForTables: Int { memoryLimit == 0 ? .max : memoryLimit - usedMemory - reservedMemory }

    /// Counts bytes taken from memory, or given back.
    @inline(__always)
    func charge(_ bytes: Int) {
        usedMemory &+= bytes
        if usedMemory > peakMemory { peakMemory = usedMemory }
    }

    /// Changes the keys of `db`, with an eye on what its tables take from memory.
    @inline(__always)
    func withKeys<Result>(_ db: Int, _ body: (inout Dict<Entry>) -> Result) -> Result {
        let before = databases[db].keys.bytes
        let result = body(&databases[db].keys)
        let change = databases[db].keys.bytes &- before
        if change != 0 { charge(change) }
        return result
    }
}
