import TestSupport

/// Sends commands as pipelines that end anywhere, in pieces that are cut anywhere.
struct Pipelines {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Sends the commands and reads a reply for each.
    ///
    /// With RESP3 it says HELLO first, unless somebody has done that, and again behind each RESET.
    mutating func replies(
        to commands: [[[UInt8]]],
        _ version: Int,
        over connection: RawConnection,
        isGreeted: Bool = false
    ) throws -> [[UInt8]] {
        let hello = RawConnection.frame([Array("HELLO".utf8), Array("3".utf8)])
        func endsRESP3(_ command: [[UInt8]]) -> Bool { version == 3 && command == [Array("RESET".utf8)] }
        if version == 3, !isGreeted { try connection.call("HELLO", "3") }
        var replies: [[UInt8]] = []
        var rest = commands[...]
        while !rest.isEmpty {
            let pipeline = rest.prefix(Int.random(in: 1...random.pick([1, 10, 300]), using: &random))
            rest = rest.dropFirst(pipeline.count)
            let frames = pipeline.map { RawConnection.frame($0) + (endsRESP3($0) ? hello : []) }
            var bytes = Array(frames.joined())[...]
            while !bytes.isEmpty {
                let piece = bytes.prefix(Int.random(in: 1...random.pick([3, 200, 100_000]), using: &random))
                try connection.send(Array(piece))
                bytes = bytes.dropFirst(piece.count)
            }
            for command in pipeline {
                replies.append(try connection.readReply())
                // It tells the client's id, which is another one each time.
                if endsRESP3(command) { _ = try connection.readReply() }
            }
        }
        return replies
    }
}
