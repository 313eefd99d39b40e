import NIOCore
import Testing

@testable import CommandDispatch

@Suite("Whether fields of hashes may expire by themselves")
struct FieldExpiryTests {
    private let expiry = FieldExpiry()
    private let start = NIODeadline.now()

    @Test("a server that can't have them has none, whatever clients send")
    func never() {
        expiry.serverChanged(expiresFields: false)
        expiry.noteCommand(at: start)
        #expect(!expiry.isPossible(at: start))
    }

    @Test("one that can may have some until it has told")
    func awaited() {
        expiry.serverChanged(expiresFields: true)
        #expect(expiry.isPossible(at: start))
        #expect(!expiry.counted(0, at: start))
        #expect(!expiry.isPossible(at: start))
    }

    @Test("some are news once, and there may be some for a while after the last sign of them")
    func counted() {
        expiry.serverChanged(expiresFields: true)
        #expect(!expiry.counted(3, at: start), "nothing was kept while it hadn't told")
        #expect(expiry.isPossible(at: start + FieldExpiry.hold - .seconds(1)))
        let later = start + FieldExpiry.hold
        #expect(!expiry.counted(0, at: later))
        #expect(!expiry.isPossible(at: later))
        #expect(expiry.counted(1, at: later))
        #expect(!expiry.counted(2, at: later))
        #expect(!expiry.counted(0, at: later), "a command may be under way that wasn't counted")
        #expect(expiry.isPossible(at: later))
    }

    @Test("what clients send counts at once, also where the server doesn't tell", arguments: [true, nil])
    func commands(expiresFields: Bool?) {
        expiry.serverChanged(expiresFields: expiresFields)
        _ = expiry.counted(expiresFields.map { _ in 0 }, at: start)
        #expect(!expiry.isPossible(at: start))
        expiry.noteCommand(at: start)
        #expect(expiry.isPossible(at: start))
        #expect(!expiry.counted(0, at: start))
        #expect(expiry.isPossible(at: start))
    }

    @Test(
        "Redis's word for them and Valkey's, summed over the databases",
        arguments: [
            (
                "# Keyspace\r\ndb0:keys=5,expires=0,avg_ttl=0,subexpiry=2\r\ndb3:keys=1,expires=0,avg_ttl=0,subexpiry=1\r\n",
                3
            ),
            ("# Keyspace\r\ndb0:keys=5,expires=0,avg_ttl=0,keys_with_volatile_items=4\r\n", 4),
            ("# Keyspace\r\ndb0:keys=5,expires=0,avg_ttl=0,subexpiry=0\r\n", 0),
            ("# Keyspace\r\ndb0:keys=5,expires=2,avg_ttl=70\r\n", 0), ("# Keyspace\r\n", 0), ("", 0),
        ]
    )
    func keyspace(text: String, hashes: Int) {
        #expect(FieldExpiry.hashes(in: text) == hashes)
    }
}
