/// What INFO says of a keyspace.
struct KeyspaceInfo {
    private let keyspace: Keyspace

    init(_ keyspace: Keyspace) { self.keyspace = keyspace }

    /// The sections called `names`, all of them if there is none or one that stands for all.
    func sections(_ names: [String]) -> [String] {
        let all = names.isEmpty || !Set(names).isDisjoint(with: ["all", "default", "everything"])
        let known: [(name: String, section: () -> [String])] = [
            ("memory", memory), ("stats", stats), ("keyspace", databases),
        ]
        return known.filter { all || names.contains($0.name) }.map { name, section in
            (["# \(name.capitalizedFirst)"] + section()).map { $0 + "\r\n" }.joined()
        }
    }

    private func memory() -> [String] {
        [
            "used_memory:\(keyspace.usedMemory)", "used_memory_peak:\(keyspace.peakMemory)",
            "maxmemory:\(keyspace.memoryLimit)", "maxmemory_policy:allkeys-lru",
        ]
    }

    private func stats() -> [String] {
        let statistics = keyspace.statistics
        return [
            "total_commands_processed:\(statistics.totalCommandsProcessed)",
            "keyspace_hits:\(statistics.keyspaceHits)", "keyspace_misses:\(statistics.keyspaceMisses)",
            "expired_keys:\(statistics.expiredKeys)", "evicted_keys:\(statistics.evictedKeys)",
        ]
    }

    private func databases() -> [String] {
        (0..<EmbeddedStore.databases).compactMap { db in
            let keys = keyspace.databases[db].keys
            return keys.count == 0 ? nil : "db\(db):keys=\(keys.count),expires=\(keys.markedCount),avg_ttl=0"
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Keyspace {
    /// What `CONFIG GET` tells, by Redis's names.
    var configuration: [(name: String, value: String)] {
        [
            ("appendonly", "no"), ("databases", "\(EmbeddedStore.databases)"), ("maxmemory", "\(memoryLimit)"),
            ("maxmemory-policy", "allkeys-lru"), ("proto-max-bulk-len", "\(StringCommands.longest)"), ("save", ""),
        ]
    }
}
