import TestSupport

/// Sends commands as pipelines that end anywhere, in pieces that are cut anywhere.
struct Pipelines {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Sends the commands and reads a reply for each.
    mutating func replies(
        to commands: [[[UInt8]]],
        _ version: Int,
        over connection: RawConnection
    ) throws -> [[UInt8]] {
        if version == 3 { try connection.call("HELLO", "3") }
        var replies: [[UInt8]] = []
        var rest = commands[...]
        while !rest.isEmpty {
            let pipeline = rest.prefix(Int.random(in: 1...random.pick([1, 10, 300]), using: &random))
            rest = rest.dropFirst(pipeline.count)
            var bytes = Array(pipeline.map(RawConnection.frame).joined())[...]
            while !bytes.isEmpty {
                let piece = bytes.prefix(Int.random(in: 1...random.pick([3, 200, 100_000]), using: &random))
                try connection.send(Array(piece))
                bytes = bytes.dropFirst(piece.count)
            }
            for _ in pipeline { replies.append(try connection.readReply()) }
        }
        return replies
    }
}
