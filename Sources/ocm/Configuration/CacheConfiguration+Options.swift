import CommandDispatch
import LocalCache
import NIOCore

extension CacheConfiguration {
    /// Reads the options of the local cache.
    init(_ reader: OptionReader, memoryLimit: Int) throws {
        var store = ReplyCacheConfiguration(memoryLimit: memoryLimit)
        if let size = try reader.value("max-entry-size", Self.entrySize) { store.largestEntry = size }
        let smallest = try reader.value("compression-min-size", ByteSize.init)?.bytes ?? 1 << 10
        if try reader.flag("compression") ?? true { store.compress(from: smallest) }
        self.init(store: store)
        if let life = try reader.value("max-ttl", Self.longestLife) { longestLife = life }
        untrackedLife = try reader.duration("untracked-ttl").flatMap { $0.nanoseconds == 0 ? nil : $0 }
    }

    private static func longestLife(_ text: String) throws -> TimeAmount {
        let life = try TimeAmount(text: text)
        guard life > .nanoseconds(0), life <= .hours(24 * 7) else {
            throw ConfigurationError("it must be from 1ms to 168h")
        }
        return life
    }

    /// An entry's sizes have 32 bits, and so have those of the buffers that it is written to with others. Redis's own
    /// strings are no larger either.
    private static func entrySize(_ text: String) throws -> Int {
        let size = try ByteSize(text).bytes
        guard size <= 512 << 20 else { throw ConfigurationError("it must be 512mb at most") }
        return size
    }
}
