/// Looking for entries whose time is over while nobody asks for them.
extension EntryStore {
    /// Looks at up to `budget` entries, from where it left off, and drops those whose deadline has passed or whose
    /// connection has ended.
    ///
    /// It passes through the queues from their oldest entries on. Whatever moves an entry past it looks for itself.
    /// When it has been through, memory of tables that have become too large is given back.
    package func sweep(now: CacheTime, budget: Int) {
        var left = budget
        while left > 0 {
            let chunk = sweeper.chunk
            if chunk == 0 {
                if !enterNextQueue() { return }
            } else if sweeper.offset >= pool[chunk].used {
                sweeper.leave(chunk, for: pool[chunk].newer)
            } else {
                let reference = pool.reference(in: chunk, at: sweeper.offset)
                let entry = pool.entry(reference)
                sweeper.offset += UInt32(truncatingIfNeeded: entry.size)
                left -= 1
                if !entry.isRemoved && isGone(entry, now) { dropGone(reference, now) }
            }
        }
    }

    /// False when it has been through all of them.
    private func enterNextQueue() -> Bool {
        switch sweeper.stage {
        case .resting:
            closedSources.passBegins()
            sweeper.enter(.small, at: small.oldest)
        case .small:
            sweeper.enter(.cold, at: cold.oldest)
        case .cold:
            sweeper.enter(.main, at: main.oldest)
        case .main:
            closedSources.passEnds()
            index.shrink(within: limit - held)
            ghost.shrink(for: counters.entries)
            sweeper.enter(.resting, at: 0)
            return false
        }
        return true
    }
}
