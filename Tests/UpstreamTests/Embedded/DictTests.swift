import RESP
import TestSupport
import Testing

@testable import Upstream

@Suite("The hash table of keys and fields")
struct DictTests {
    /// A dict that owns its elements and resizes whenever it wants to.
    private final class Owner {
        var dict = Dict<HashField>()

        deinit {
            var drain = DictDrain(dict)
            while !drain.isFinished { drain.step { $0.block.deallocate() } }
        }

        func set(_ key: String, marked: Bool = false) {
            guard slot(key) == nil else { return }
            resize()
            var key = key
            key.withUTF8 { bytes in
                let bytes = UnsafeRawBufferPointer(bytes)
                dict.insert(HashField(bytes, bytes), hash: dict.hash(bytes), marked: marked)
            }
        }

        func remove(_ key: String) {
            guard let slot = slot(key) else { return }
            let block = slot.element.block
            dict.remove(slot)
            block.deallocate()
            resize()
        }

        func slot(_ key: String) -> Dict<HashField>.Slot? {
            var key = key
            return key.withUTF8 { dict.find(UnsafeRawBufferPointer($0), hash: dict.hash(UnsafeRawBufferPointer($0))) }
        }

        private func resize() { if let buckets = dict.wantedBuckets { dict.resize(to: buckets) } }

        static func name(_ slot: Dict<HashField>.Slot) -> String { String(decoding: slot.element.key, as: UTF8.self) }
    }

    @Test(
        "holds what a dictionary holds, whatever is added, removed and marked",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let owner = Owner()
        var model: [String: Bool] = [:]
        for step in 0..<40_000 {
            // Phases of growth and of decline, so that both tables exist most of the time.
            let key = "key\(Int.random(in: 0..<4000, using: &random))"
            if Int.random(in: 0..<10, using: &random) < ((step / 5000) % 2 == 0 ? 8 : 2) {
                let marked = random.once(in: 2)
                owner.set(key, marked: marked)
                if model[key] == nil { model[key] = marked }
            } else {
                owner.remove(key)
                model[key] = nil
            }
            if random.once(in: 50), let slot = owner.slot(key) {
                owner.dict.setMarked(!slot.isMarked, slot)
                model[key]?.toggle()
            }
            if step % 4000 == 3999 {
                #expect(owner.dict.count == model.count)
                #expect(owner.dict.markedCount == model.values.count { $0 })
                var seen: [String: Bool] = [:]
                owner.dict.visit { slot in
                    #expect(seen.updateValue(slot.isMarked, forKey: Owner.name(slot)) == nil)
                }
                #expect(seen == model)
                #expect((0..<4000).allSatisfy { (owner.slot("key\($0)") != nil) == (model["key\($0)"] != nil) })
            }
        }
        for key in model.keys { owner.remove(key) }
        #expect(owner.dict.count == 0 && owner.dict.markedCount == 0)
    }

    @Test("a scan sees every element that is there all along, however the table grows and shrinks meanwhile")
    func scan() {
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let owner = Owner()
            let lasting = Set((0..<300).map { "lasting\($0)" })
            for key in lasting { owner.set(key) }
            var others = 0
            var seen: Set<String> = []
            var cursor: UInt64 = 0
            var calls = 0
            repeat {
                cursor = owner.dict.scan(cursor) { seen.insert(Owner.name($0)) }
                calls += 1
                let change = Int.random(in: -150...(calls < 60 ? 200 : 0), using: &random)
                for _ in 0..<max(0, change) {
                    owner.set("other\(others)")
                    others += 1
                }
                for _ in 0..<max(0, -change) where others > 0 {
                    others -= 1
                    owner.remove("other\(others)")
                }
            } while cursor != 0
            #expect(lasting.subtracting(seen).isEmpty)
        }
    }

    @Test("an element chosen at random may be any of them")
    func randomElement() {
        let owner = Owner()
        for number in 0..<50 { owner.set("key\(number)") }
        var random = RandomSource(seed: 1)
        var seen: Set<String> = []
        for _ in 0..<5000 { if let slot = owner.dict.randomElement(using: &random) { seen.insert(Owner.name(slot)) } }
        #expect(seen.count == 50)
    }
}
