import RESP
import Testing
import Upstream

@testable import CommandDispatch

@Suite("The parts of the cache that identities see")
struct NamespacesTests {
    private let namespaces = Namespaces(most: 3)

    private func user(_ name: String, db: Int = 0) -> Identity {
        Identity(credentials: Credentials(user: Array(name.utf8), password: []), db: db)
    }

    @Test("users and databases have one each, whatever the password and the version")
    func owners() {
        func number(_ identity: Identity) -> UInt16 { namespaces.hold(identity) { Issue.record("it isn't full") } }
        let a = number(user("a"))
        #expect(a > 0 && a & 3 == 0)
        #expect(number(user("a")) == a)
        var other = user("a")
        other.credentials?.password = [1]
        other.version = .resp3
        #expect(number(other) == a)
        #expect(Set([a, number(user("a", db: 1)), number(Identity())]).count == 3)
    }

    @Test("when all are given those that nobody has are, once the cache is empty")
    func reuse() {
        var flushes = 0
        func number(_ identity: Identity) -> UInt16 { namespaces.hold(identity) { flushes += 1 } }
        let base = number(Identity())
        let a = number(user("a"))
        _ = number(user("a"))
        let b = number(user("b"))
        #expect(number(user("c")) == 0, "all three are held")
        namespaces.release(user("a"))
        #expect(number(user("c")) == 0, "somebody else still holds it")
        namespaces.release(user("a"))
        namespaces.release(user("b"))
        // Nobody has had it meanwhile.
        #expect(number(user("b")) == b && flushes == 0)
        #expect(number(user("c")) == a && flushes == 1)
        namespaces.release(user("b"))
        #expect(number(user("d")) == b && flushes == 2)
        #expect(number(Identity()) == base)
        // Who had none gives none back.
        namespaces.release(user("e"))
        #expect(number(user("e")) == 0)
    }
}
