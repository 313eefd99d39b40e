import Testing

@testable import CommandDispatch

@Suite("How many commands of a session may be without a reply")
struct ReplyWindowTests {
    @Test("more with every reply, up to 256")
    func grows() {
        var window = ReplyWindow()
        #expect(window.size == 16)
        for _ in 0..<100 { window.received(500, replies: 5) }
        #expect(window.size == 256)
    }

    @Test("as few as keep eight megabytes on the way when replies are big, and at least one")
    func shrinks() {
        var window = ReplyWindow()
        for _ in 0..<100 { window.received(500, replies: 5) }
        window.received(1 << 20, replies: 1)
        #expect(window.size == 8)
        window.received(100 << 20, replies: 1)
        #expect(window.size == 1)
    }

    @Test("a reply that comes in parts counts whole, and big ones are remembered for a while")
    func parts() {
        var window = ReplyWindow()
        for _ in 0..<100 { window.received(500, replies: 5) }
        for _ in 0..<64 { window.received(1 << 20, replies: 0) }
        #expect(window.size == 256)
        window.received(10, replies: 1)
        #expect(window.size == 1)
        window.received(10, replies: 1)
        #expect(window.size == 1)
        for _ in 0..<100 { window.received(10, replies: 1) }
        #expect(window.size == 256)
    }
}
