import RESP
import TestSupport
import Testing

@Suite("Commands that stand further on are recognized as the parser will find them, or not at all")
struct CommandGlanceTests {
    @Test("a pipeline, cut anywhere: names, first keys and ends are the parser's")
    func pipeline() {
        var random = SplitMix64(seed: 7)
        let commands = (0..<200).map { _ in
            (0..<Int.random(in: 2...8, using: &random)).map { _ in
                (0..<Int.random(in: 0...(Bool.random(using: &random) ? 20 : 2000), using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            }
        }
        let input = commands.flatMap(RawConnection.frame)
        let whole = Self.glances(input)
        #expect(whole.map(\.name) == commands.map { $0[0] })
        #expect(whole.map(\.key) == commands.map { $0[1] })
        #expect(whole.last?.end == input.count)
        for _ in 0..<200 {
            let cut = Int.random(in: 0...input.count, using: &random)
            #expect(Self.glances(Array(input[..<cut])).map(\.end) == whole.map(\.end).filter { $0 <= cut })
        }
    }

    @Test(
        "whatever isn't written plainly isn't recognized",
        arguments: [
            "PING\r\n", "*0\r\n", "*-1\r\n", "*1\r\n$4\r\nPING\r\n", "*x\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            "*9\r\n" + String(repeating: "$1\r\na\r\n", count: 9), "*2\r\n$3\r\nGET\r\n$01\r\nk\r\n",
            "*2\r\n$3\r\nGET\r\n$1 \r\nk\r\n", "*2\r\n+OK\r\n$1\r\nk\r\n", "*2\r\n$3\r\nGET\r\n$-1\r\n",
            "*2\r\n$3\r\nGET\r\n:1\r\n", "",
        ]
    )
    func others(input: String) {
        #expect(Self.glances(Array(input.utf8)).isEmpty)
    }

    @Test("no bytes whatever lead it out of the input")
    func garbage() {
        var random = SplitMix64(seed: 8)
        let alphabet = Array("*$0123456789\r\nGETk".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let input = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
            for glance in Self.glances(input) { #expect(glance.end <= count) }
        }
    }

    private struct Glance {
        let name: [UInt8]
        let key: [UInt8]
        let end: Int
    }

    private static func glances(_ input: [UInt8]) -> [Glance] {
        // A copy of exactly this size, so that a sanitizer sees what is read beyond it.
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 1)
        defer { bytes.deallocate() }
        bytes.copyBytes(from: input)
        var found: [Glance] = []
        while let glance = CommandGlance(UnsafeRawBufferPointer(bytes), at: found.last?.end ?? 0) {
            found.append(Glance(name: Array(glance.name), key: Array(glance.key), end: glance.end))
        }
        return found
    }
}
