import Testing

@testable import LocalCache

@Suite("What a store finds, replaces and drops")
struct EntryStoreTests {
    typealias Question = StoreTester.Question

    @Test("a reply is found by exactly what it is the reply to")
    func exactQuestion() {
        let tester = StoreTester(limit: 1 << 20)
        let replies: [Question: [UInt8]] = [
            Question("key"): [1], Question("key", namespace: 1): [2], Question("key", "\u{1}a"): [3],
            Question("key", "\u{1}b"): [4], Question("key2"): [], Question(""): [5], Question("", "key"): [6],
        ]
        for (question, reply) in replies { #expect(tester.insert(question, reply)) }
        for (question, reply) in replies {
            #expect(tester.find(question) == reply)
            #expect(tester.peek(question) == reply)
        }
        #expect(tester.find(Question("ke", "y")) == nil)
        #expect(tester.find(Question("key", namespace: 2)) == nil)
        #expect(tester.entries == replies.count)
        #expect(tester.store.statistics.plainBytes == 6)
    }

    @Test("a reply keeps what kind it is", arguments: [CachedReply.Kind.string, .missing, .wire])
    func kinds(kind: CachedReply.Kind) {
        let tester = StoreTester(limit: 1 << 20)
        tester.insert(Question("key"), [1, 2], kind: kind)
        let found = Question("key").withID { tester.store.find($0, now: tester.now)?.kind }
        #expect(found == kind)
    }

    @Test("a new reply takes the place of the old one")
    func replacement() {
        let tester = StoreTester(limit: 1 << 20)
        for size in [10, 100, 20_000, 5, 0, 40_000] {
            #expect(tester.insert(Question("key"), StoreTester.reply(size, 7)))
            #expect(tester.find(Question("key")) == StoreTester.reply(size, 7))
            #expect(tester.entries == 1)
        }
    }

    @Test("a reply that is too large isn't taken in, nor is an older one served in its stead")
    func tooLarge() {
        let tester = StoreTester(limit: 1 << 20, largestEntry: 1000)
        #expect(tester.insert(Question("key"), StoreTester.reply(1000, 1)))
        #expect(!tester.insert(Question("key"), StoreTester.reply(1001, 1)))
        #expect(tester.find(Question("key")) == nil)
        #expect(!tester.insert(Question(String(repeating: "k", count: 65_536)), [1]))
        #expect(!tester.insert(Question("key", String(repeating: "a", count: 65_536)), [1]))
        #expect(
            tester.insert(Question(String(repeating: "k", count: 65_535), String(repeating: "a", count: 65_535)), [1])
        )
    }

    @Test("removing a key removes all of its replies, in every namespace, and no others")
    func removal() {
        let tester = StoreTester(limit: 8 << 20)
        for number in 0..<10_000 {
            tester.insert(Question("key", "field\(number)", namespace: UInt16(number % 3)), [UInt8(number % 256)])
            if number < 100 { tester.insert(Question("other\(number)"), [1]) }
        }
        #expect(tester.entries == 10_100)
        for number in [0, 1, 5000, 9999] {
            let question = Question("key", "field\(number)", namespace: UInt16(number % 3))
            #expect(tester.find(question) == [UInt8(number % 256)])
        }
        #expect(tester.contains(Question("key")))
        #expect(tester.remove(Question("key")) == 10_000)
        #expect(!tester.contains(Question("key")))
        #expect(tester.remove(Question("key")) == 0)
        #expect((0..<100).allSatisfy { tester.find(Question("other\($0)")) == [1] })
    }

    @Test("keys whose hashes are the same are told apart, and removed together")
    func collisions() {
        let tester = StoreTester(limit: 1 << 20)
        let questions = (0..<20).map { Question("key\($0 / 2)", $0 % 2 == 0 ? "" : "a", hash: 0xABCD_0000_1234) }
        for (number, question) in questions.enumerated() { tester.insert(question, [UInt8(number)]) }
        for (number, question) in questions.enumerated() { #expect(tester.find(question) == [UInt8(number)]) }
        #expect(tester.find(Question("key10", hash: 0xABCD_0000_1234)) == nil)
        #expect(tester.remove(questions[3]) == 20)
        #expect(questions.allSatisfy { tester.find($0) == nil })
    }

    @Test("hashes of which every bit is the same are no trouble", arguments: [UInt64.min, UInt64.max])
    func extremeHashes(hash: UInt64) {
        let tester = StoreTester(limit: 1 << 20)
        for number in 0..<600 { tester.insert(Question("key\(number)", hash: hash), [UInt8(number % 256)]) }
        #expect(tester.find(Question("key300", hash: hash)) == [44])
        #expect(tester.remove(Question("", hash: hash)) == 600)
    }

    @Test("removing everything gives the memory back")
    func removeAll() {
        let tester = StoreTester(limit: 4 << 20)
        let empty = tester.bytesUsed
        for number in 0..<20_000 { tester.insert(Question("key\(number)"), StoreTester.reply(number % 300, 1)) }
        tester.insert(Question("large"), StoreTester.reply(200_000, 1))
        let entries = tester.entries
        #expect(tester.store.removeAll() == entries)
        #expect(tester.entries == 0 && tester.store.statistics.plainBytes == 0)
        #expect(tester.bytesUsed == empty)
        #expect(tester.find(Question("key19999")) == nil)
        #expect(tester.insert(Question("key"), [1]) && tester.find(Question("key")) == [1])
    }
}
