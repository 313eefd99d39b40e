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
        expiry.noteCommand(words: 6, at: start)
        #expect(!expiry.isPossible(at: start))
        #expect(!expiry.isAsked(at: start))
    }

    @Test("one that can may have some until it has told, and is asked of fields by name from then on, too")
    func awaited() {
        expiry.serverChanged(expiresFields: true)
        #expect(expiry.isPossible(at: start))
        expiry.counted(0, at: start)
        #expect(!expiry.isPossible(at: start))
        #expect(expiry.isAsked(at: start))
    }

    @Test("there may be some for a while after the last sign of them")
    func counted() {
        expiry.serverChanged(expiresFields: true)
        expiry.counted(3, at: start)
        let later = start + FieldExpiry.hold
        #expect(expiry.isPossible(at: later - .nanoseconds(1)))
        expiry.counted(0, at: later)
        #expect(!expiry.isPossible(at: later))
        expiry.counted(1, at: later)
        expiry.counted(0, at: later)
        #expect(expiry.isPossible(at: later))
    }

    @Test("what clients send counts at once, unless it is too short to do anything")
    func commands() {
        expiry.serverChanged(expiresFields: true)
        expiry.counted(0, at: start)
        expiry.noteCommand(words: 5, at: start)
        #expect(!expiry.isPossible(at: start))
        expiry.noteCommand(words: 6, at: start)
        expiry.counted(0, at: start)
        #expect(expiry.isPossible(at: start), "the command may be under way")
        #expect(!expiry.isPossible(at: start + FieldExpiry.hold))
    }

    @Test("where the server doesn't tell, what clients send counts for good", arguments: [nil, true])
    func untold(expiresFields: Bool?) {
        expiry.serverChanged(expiresFields: expiresFields)
        expiry.counted(nil, at: start)
        #expect(!expiry.isPossible(at: start))
        #expect(!expiry.isAsked(at: start))
        expiry.noteCommand(words: 6, at: start)
        #expect(expiry.isPossible(at: start + .hours(1000)))
        #expect(expiry.isAsked(at: start + .hours(1000)))
        expiry.serverChanged(expiresFields: nil)
        #expect(!expiry.isPossible(at: start))
    }

    @Test("a server that stops telling while there are some leaves them there for good")
    func silenced() {
        expiry.serverChanged(expiresFields: true)
        expiry.counted(1, at: start)
        expiry.counted(nil, at: start)
        #expect(!expiry.isCounted)
        #expect(expiry.isPossible(at: start + .hours(1000)))
    }

    @Test(
        "an answer that isn't for good is no answer: the server is asked again",
        arguments: [("-BUSY Redis is busy\r\n", true), ("-LOADING\r\n", true), ("-NOPERM this user\r\n", false)]
    )
    func passing(reply: String, isAskedAgain: Bool) {
        expiry.serverChanged(expiresFields: true)
        Array(reply.utf8).withUnsafeBytes { FieldExpiryReply(expiry).receive(reply: $0) }
        #expect(expiry.isCounted == isAskedAgain)
        #expect(expiry.isPossible(at: start) == isAskedAgain)
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
