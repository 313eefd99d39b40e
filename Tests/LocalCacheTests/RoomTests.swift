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

    @Test("without limit, until one is evicted")
    func entries() {
        var room = Room()
        room.note(statistics(entries: 1000, evictions: 0))
        #expect(room.entries == .max)
        room.note(statistics(entries: 1010, evictions: 5))
        #expect(room.entries == 1010)
    }

    @Test("as many as were held since, if none is evicted any more")
    func growth() {
        var room = Room()
        room.note(statistics(entries: 1010, evictions: 5))
        room.note(statistics(entries: 1000, evictions: 5))
        #expect(room.entries == 1010)
        room.note(statistics(entries: 1100, evictions: 5))
        #expect(room.entries == 1100)
    }

    @Test("without limit again, once a tenth are gone, at once or little by little")
    func losses() {
        var room = Room()
        room.note(statistics(entries: 1010, evictions: 5))
        room.note(statistics(entries: 950, evictions: 5))
        #expect(room.entries == 1010)
        room.note(statistics(entries: 900, evictions: 5))
        #expect(room.entries == .max)
        room.note(statistics(entries: 1010, evictions: 6))
        #expect(room.entries == 1010)
        room.note(statistics(entries: 800, evictions: 6))
        #expect(room.entries == .max)
    }

    @Test("without limit after a flush, though something was evicted just before")
    func flush() {
        var room = Room()
        room.note(statistics(entries: 1010, evictions: 5))
        room.note(statistics(entries: 20, evictions: 9))
        #expect(room.entries == .max)
        room.note(statistics(entries: 500, evictions: 9))
        #expect(room.entries == .max)
    }
}
