import RESP

/// What is done from time to time, apart from commands: expired keys are found and what was deleted is freed.
///
/// Expired keys are invisible in any case; this gives their memory back. A stretch of each database is gone through in
/// turn, and more of it as long as a tenth of the keys with a deadline turn out to be expired.
extension Keyspace {
    private static let chainsAtOnce = 64
    private static let mostRounds = 32

    /// Does what is due. Short enough to run between commands: some thousands of keys at most.
    func runCycle() {
        beginCycle()
        freeLazily(chains: 1000)
        for db in 0..<EmbeddedStore.databases where databases[db].keys.markedCount > 0 { expire(db) }
        for db in 0..<EmbeddedStore.databases { finishRehashing(db) }
        if !(0..<EmbeddedStore.databases).contains(where: { databases[$0].keys.needsAnotherTable }) { dropSavings() }
        trimmer.runCycle(used: usedMemory)
    }

    private func expire(_ db: Int) {
        for _ in 0..<Self.mostRounds {
            var marked = 0
            var expired: [Entry] = []
            for _ in 0..<Self.chainsAtOnce {
                databases[db].expireCursor = databases[db].keys.scan(databases[db].expireCursor) { slot in
                    guard slot.isMarked else { return }
                    marked += 1
                    if slot.element.expiry <= now { expired.append(slot.element) }
                }
                if databases[db].expireCursor == 0 { break }
            }
            for entry in expired {
                // Slots move when something is removed, so each is looked for anew; looking removes it.
                _ = find(entry.key, hash(entry.key), db)
            }
            if expired.isEmpty || expired.count * 10 < marked { return }
        }
    }

    /// Goes on moving to a new table while nobody inserts or removes.
    private func finishRehashing(_ db: Int) {
        adjustTable(db)
        guard databases[db].keys.isRehashing else { return }
        withKeys(db) { $0.rehash(2000) }
    }
}
