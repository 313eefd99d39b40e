import Testing

@testable import CommandDispatch

@Suite("What a session has left on its connection")
struct ConnectionStateTests {
    private func isClean(after replies: (ConnectionState.Command, String)...) -> Bool {
        var state = ConnectionState()
        for (command, reply) in replies {
            for effect in state.replied(to: command, Array(reply.utf8)) { effect(true) }
        }
        return state.isClean
    }

    @Test("follows what the server said, not what was asked of it")
    func replies() {
        #expect(isClean())
        #expect(!isClean(after: (.multi, "+OK\r\n")))
        #expect(isClean(after: (.multi, "-ERR wrong number of arguments")))
        #expect(!isClean(after: (.multi, "+OK\r\n"), (.multi, "-ERR MULTI calls can not be nested\r\n")))
        #expect(isClean(after: (.multi, "+OK\r\n"), (.exec, "*0\r\n")))
        #expect(isClean(after: (.multi, "+OK\r\n"), (.exec, "-EXECABORT Transaction discarded")))
        #expect(isClean(after: (.multi, "+OK\r\n"), (.discard, "+OK\r\n")))
        #expect(!isClean(after: (.watch, "+OK\r\n")))
        #expect(!isClean(after: (.watch, "+OK\r\n"), (.exec, "-ERR EXEC without MULTI\r\n")))
        #expect(!isClean(after: (.watch, "+OK\r\n"), (.discard, "-ERR DISCARD without MULTI\r\n")))
        #expect(isClean(after: (.watch, "+OK\r\n"), (.unwatch, "+OK\r\n")))
        #expect(isClean(after: (.watch, "+OK\r\n"), (.multi, "+OK\r\n"), (.exec, "*-1\r\n")))
        #expect(isClean(after: (.watch, "+OK\r\n"), (.multi, "+OK\r\n"), (.exec, "_\r\n")))
    }

    @Test("inside a transaction WATCH and UNWATCH are only queued")
    func queued() {
        #expect(!isClean(after: (.watch, "+OK\r\n"), (.multi, "+OK\r\n"), (.unwatch, "+QUEUED\r\n")))
        #expect(isClean(after: (.multi, "+OK\r\n"), (.watch, "-ERR WATCH inside MULTI"), (.exec, "*0\r\n")))
    }

    @Test("an end of a transaction that says nothing of it leaves the connection to its session for good")
    func unclear() {
        #expect(!isClean(after: (.multi, "+OK\r\n"), (.exec, "-MISCONF …"), (.discard, "+OK\r\n")))
    }

    @Test("what was queued takes effect with EXEC, and only if that executes")
    func effects() {
        for (command, reply, expected) in [
            (ConnectionState.Command.exec, "*1\r\n+OK\r\n", 1), (.exec, "*-1\r\n", 0), (.exec, "-EXECABORT", 0),
            (.discard, "+OK\r\n", 0),
        ] {
            var state = ConnectionState()
            var effects = 0
            _ = state.replied(to: .multi, Array("+OK\r\n".utf8))
            state.atExec { _ in effects += 1 }
            for (command, reply) in [(command, reply), (.exec, "*0\r\n")] {
                for effect in state.replied(to: command, Array(reply.utf8)) { effect(true) }
            }
            #expect(effects == expected)
        }
    }
}
