import Synchronization

/// Which keys are asked for most: written by one event loop, read by anybody.
///
/// Only some of the keys are looked at, on average one in ``samplingInterval``, so that the others cost no more than
/// counting down. The distance to the next one is random: a client that goes round its keys in a fixed order doesn't
/// always show the same one. Those looked at are counted in a ``HotKeyTable`` under a lock that the loop never waits
/// for: while somebody reads, it goes without.
///
/// Counts are of the recent past, because the owner calls ``decay()`` now and then.
public final class TopKeys: Sendable {
    /// How many keys pass for each one that is looked at, on average.
    public let samplingInterval: Int
    private let untilSample = Atomic<Int>(1)
    private let table: Mutex<HotKeyTable>

    /// No keys yet; one in `samplingInterval` will be looked at.
    public convenience init(samplingInterval: Int = 32) {
        self.init(samplingInterval: samplingInterval, seed: .random(in: 0 ... .max))
    }

    init(samplingInterval: Int, seed: UInt64) {
        precondition(samplingInterval > 0, "one key in \(samplingInterval) can't be sampled")
        self.samplingInterval = samplingInterval
        table = Mutex(HotKeyTable(seed: seed))
    }

    /// Counts a key that a command names; `hash` is the hash of all its bytes. Only the loop that owns this may call
    /// it.
    @inline(__always)
    public func record(_ key: UnsafeRawBufferPointer, hash: UInt64) {
        let left = untilSample.load(ordering: .relaxed) &- 1
        untilSample.store(left, ordering: .relaxed)
        if left <= 0 { sample(key, hash) }
    }

    @inline(never)
    private func sample(_ key: UnsafeRawBufferPointer, _ hash: UInt64) {
        let next = table.withLockIfAvailable { table in
            table.record(key, hash: hash)
            // Any distance from 1 to twice the interval less 1.
            let distances = UInt64(2 * samplingInterval - 1)
            return Int(table.nextRandom().multipliedFullWidth(by: distances).high) + 1
        }
        untilSample.store(next ?? samplingInterval, ordering: .relaxed)
    }

    /// Halves all counts: what was asked for a while ago matters half as much from here on. The time between calls is
    /// thus the half-life of a key's fame.
    public func decay() { table.withLock { $0.halve() } }

    /// The keys asked for most, most often first, `limit` at most.
    public func snapshot(limit: Int) -> [TopKey] { Self.merged([self], limit: limit) }

    /// The keys asked for most on several loops together, most often first, `limit` at most. The loops' hashes are the
    /// same function.
    public static func merged(_ loops: [TopKeys], limit: Int) -> [TopKey] {
        var keys: [UInt64: (key: [UInt8], length: Int, count: Int)] = [:]
        var total = 0
        for loop in loops {
            loop.table.withLock { table in
                total += table.total * loop.samplingInterval
                table.visit { hotKey, bytes in
                    let count = hotKey.count * loop.samplingInterval
                    keys[hotKey.hash, default: (Array(bytes), hotKey.length, 0)].count += count
                }
            }
        }
        let ranked = keys.values.sorted { left, right in
            left.count == right.count ? left.key.lexicographicallyPrecedes(right.key) : left.count > right.count
        }
        return ranked.prefix(limit).map { key, length, count in
            TopKey(key: key, length: length, count: count, share: Double(count) / Double(total))
        }
    }
}
