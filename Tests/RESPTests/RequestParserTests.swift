import RESP
import TestSupport
import Testing

@Suite("Requests are found however the input is cut")
struct RequestParserTests {
    @Test("a pipeline of multibulk and inline commands, in one piece and byte by byte")
    func pipeline() {
        let input = bytes(
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n\r\n*0\r\n*-1\r\n*3\r\n$3\r\nset\r\n$0\r\n\r\n$2\r\n\r\n\r\n\n"
        )
        let expected = [["GET", "k"], ["PING"], ["set", "", "\r\n"]].map { $0.map(bytes) }
        let whole = RequestFeeder.whole(input)
        #expect(whole.commands == expected)
        #expect(whole.error == nil && !whole.isInsideFrame)
        let drip = RequestFeeder.drip(input)
        #expect(drip.commands == expected)
        #expect(drip.frames == whole.frames)
    }

    @Test("an inline command becomes multibulk")
    func inlineFrame() {
        let feeder = RequestFeeder.whole(bytes("set k \"a b\\x00\\n\" 'it\\'s'\r\n"))
        #expect(feeder.frames == [bytes("*4\r\n$3\r\nset\r\n$1\r\nk\r\n$5\r\na b\0\n\r\n$4\r\nit's\r\n")])
    }

    @Test(
        "what Redis refuses is refused in its words",
        arguments: [
            ("*x\r\n", RequestError.invalidMultibulkLength), ("*2147483648\r\n", .invalidMultibulkLength),
            ("*1 \r\n", .invalidMultibulkLength), ("*1\r\n$-1\r\n", .invalidBulkLength),
            ("*1\r\n$x\r\n", .invalidBulkLength), ("*1\r\n$536870913\r\n", .invalidBulkLength),
            ("*1\r\nPING\r\n", .expectedBulk(got: UInt8(ascii: "P"))), ("\"abc\r\n", .unbalancedQuotes),
            ("'a'b\r\n", .unbalancedQuotes), (String(repeating: "x", count: 65537), .inlineTooLong),
            ("*" + String(repeating: "1", count: 65537), .multibulkLineTooLong),
            ("*1\r\n$" + String(repeating: "1", count: 65537), .bulkLineTooLong),
        ]
    )
    func errors(input: String, error: RequestError) {
        #expect(RequestFeeder.whole(bytes(input)).error == error)
        #expect(RequestFeeder.drip(bytes(input)).error == error)
        #expect(error.message?.hasPrefix("Protocol error: ") == true)
    }

    @Test("a client that has yet to authenticate may not send much")
    func unauthenticated() {
        #expect(RequestFeeder.whole(bytes("*11\r\n"), authenticated: false).error == .unauthenticatedMultibulkLength)
        #expect(
            RequestFeeder.whole(bytes("*1\r\n$16385\r\n"), authenticated: false).error == .unauthenticatedBulkLength
        )
        #expect(RequestFeeder.whole(bytes("*10\r\n$16384\r\n"), authenticated: false).error == nil)
    }

    @Test("the same holds for commands that are there whole")
    func wholeCommands() {
        let input = { (count: Int, length: Int) in
            RawConnection.frame((0..<count).map { _ in [UInt8](repeating: 97, count: length) })
        }
        for (count, length) in [(1, 9_999), (1, 10_000), (10, 100), (9_999, 1), (10_001, 1)] {
            let feeder = RequestFeeder.whole(input(count, length))
            #expect(feeder.commands.first?.count == count && feeder.commands.first?.last?.count == length)
        }
        #expect(RequestFeeder.whole(input(10, 1000), authenticated: false).error == nil)
        #expect(RequestFeeder.whole(input(11, 1), authenticated: false).error == .unauthenticatedMultibulkLength)
        #expect(RequestFeeder.whole(input(1, 16_385), authenticated: false).error == .unauthenticatedBulkLength)
        var limits = RequestLimits()
        limits.frameLength = 100
        var feeder = RequestFeeder(limits: limits)
        feeder.feed(input(2, 50))
        #expect(feeder.error == .frameTooLong)
        limits = RequestLimits()
        limits.bulkLength = 10
        feeder = RequestFeeder(limits: limits)
        feeder.feed(input(2, 11))
        #expect(feeder.error == .invalidBulkLength)
    }

    @Test("the whole command is bounded")
    func frameLimit() {
        var limits = RequestLimits()
        limits.frameLength = 100
        var feeder = RequestFeeder(limits: limits)
        feeder.feed(bytes("*3\r\n$40\r\n" + String(repeating: "a", count: 40) + "\r\n$60\r\n"))
        #expect(feeder.error == .frameTooLong)
        #expect(RequestError.frameTooLong.message == nil)
    }

    @Test("it says early how much is to come")
    func expectedLength() throws {
        var parser = RequestParser()
        let input = bytes("*2\r\n$3\r\nSET\r\n$1000\r\nabc")
        let progress = try input.withUnsafeBytes { try parser.parse($0, authenticated: true) }
        #expect(progress == .incomplete)
        #expect(parser.expectedLength == 20 + 1000 + 2)
    }

    @Test("a command that couldn't be taken is shown again")
    func shownAgain() throws {
        var parser = RequestParser()
        try bytes("PING\r\nPING\r\n").withUnsafeBytes { input in
            for _ in 0..<3 {
                let progress = try parser.parse(input, authenticated: true)
                #expect(progress == .command)
                #expect(parser.command(in: input).count == 1)
            }
        }
    }

    @Test("random commands, cut at random places", arguments: 0..<8)
    func randomCuts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var input: [UInt8] = []
        var expected: [[[UInt8]]] = []
        for _ in 0..<200 {
            let longest = random.once(in: 20) ? 20_000 : 20
            let count = random.once(in: 50) ? 2000 : Int.random(in: 1...12, using: &random)
            let command = (0..<count).map { _ in
                random.bytes(Int.random(in: 0...(count > 100 ? 3 : longest), using: &random))
            }
            expected.append(command)
            input += RawConnection.frame(command)
        }
        var feeder = RequestFeeder()
        var rest = input[...]
        while !rest.isEmpty {
            let piece = rest.prefix(random.once(in: 3) ? 1 : Int.random(in: 1...4000, using: &random))
            feeder.feed(piece)
            rest = rest.dropFirst(piece.count)
        }
        #expect(feeder.commands == expected)
        #expect(feeder.error == nil && !feeder.isInsideFrame)
    }

    @Test("broken input ends in the same way however it is cut", arguments: 0..<8)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: 100 + seed)
        let fragments = [
            "*1\r\n", "*3\r\n", "$3\r\nGET\r\n", "$1\r\nk\r\n", "$-1\r\n", "*-1\r\n", "$5\r\n", "\r\n", "\n", "\r",
            "PING ",
            "\"a\\x4", "'", "\"", "$", "*", "*10", "$0\r\n\r\n", " ", "\0", "99999999999999999999",
        ].map(bytes)
        for _ in 0..<2000 {
            var input: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                input += random.once(in: 8) ? random.bytes(3) : random.pick(fragments)
            }
            let whole = RequestFeeder.whole(input)
            let drip = RequestFeeder.drip(input)
            #expect(whole.commands == drip.commands)
            #expect(whole.frames == drip.frames)
            #expect(whole.error == drip.error)
        }
    }
}
