import LocalCache
import RESP
import Testing

@Suite("What is kept of what is missed")
struct AdmissionTests {
    /// A cache without a limit, asked for keys by number.
    private struct Cache {
        var admission = Admission()
        var kept: Set<Int> = []
        var fills = 0
        var hits = 0

        mutating func ask(for key: Int) {
            if kept.contains(key) {
                hits += 1
                return admission.noteHit()
            }
            let hash = withUnsafeBytes(of: key) { KeyHash.process($0) }
            guard admission.admits(hash) else { return }
            fills += 1
            kept.insert(key)
        }
    }

    @Test("everything, at first")
    func open() {
        var cache = Cache()
        for key in 0..<1000 { cache.ask(for: key) }
        #expect(cache.fills == 1000)
    }

    @Test("a 64th, when nothing is ever asked for again")
    func noReuse() {
        var cache = Cache()
        for key in 0..<200_000 { cache.ask(for: key) }
        // Until the first judgement, all of them.
        #expect(cache.fills < 4096 + 200_000 / 64 + 100)
    }

    @Test("what is asked for twice within a while, even then")
    func secondTime() {
        var cache = Cache()
        for key in 0..<100_000 { cache.ask(for: key) }
        for key in 1_000_000..<1_010_000 {
            cache.ask(for: key)
            cache.ask(for: key)
            cache.ask(for: key)
        }
        // Each is a hit from its third time on, a few from their second on.
        #expect(cache.hits >= 10_000)
    }

    @Test("everything again, once a large set of keys comes round")
    func loop() {
        var cache = Cache()
        for _ in 0..<3 {
            for key in 0..<300_000 { cache.ask(for: key) }
        }
        #expect(cache.kept.count > 290_000)
    }
}
