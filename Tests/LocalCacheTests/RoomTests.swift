import LocalCache
import Testing

@Suite("How many entries there is room for")
struct RoomTests {
    private func statistics(entries: Int, evictions: Int) -> EntryStoreStatistics {
        var statistics = EntryStoreStatistics()
        statistics.entries = entries
        statistics.evictions = evictions
        return statistics
    }

    @Test("without limit, until one is evicted, and once many are gone")
    func entries() {
        var room = Room()
        room.note(statistics(entries: 1000, evictions: 0))
        #expect(room.entries == .max)
        room.note(statistics(entries: 1010, evictions: 5))
        #expect(room.entries == 1010)
        room.note(statistics(entries: 1000, evictions: 5))
        #expect(room.entries == 1010)
        room.note(statistics(entries: 1200, evictions: 6))
        #expect(room.entries == 1200)
        room.note(statistics(entries: 1000, evictions: 6))
        #expect(room.entries == .max)
        room.note(statistics(entries: 1010, evictions: 6))
        #expect(room.entries == .max)
        room.note(statistics(entries: 1210, evictions: 7))
        #expect(room.entries == 1210)
    }
}
