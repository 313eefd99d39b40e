import TestSupport

/// Random commands over all of Redis's types, the same for the same seed: with errors, binary data, large values and
/// transactions.
///
/// What Redis itself answers differently from run to run (random members, times, ids of clients) is left out.
///
/// Long stretches have only what clients share connections for: with a transaction or a script now and then nearly
/// everything would go over a connection of the client's own, where nothing is cached.
struct CommandStream {
    private var random: SplitMix64
    private let templates: [[String]]
    private let modest: [[String]]
    private var isModest = false
    private var leftOfStretch = Self.stretches.demanding
    private var recent: [[[UInt8]]] = []

    private static let demanding = Set(
        """
        MULTI EXEC DISCARD WATCH UNWATCH EVAL EVAL_RO EVALSHA SELECT SWAPDB FLUSHDB FLUSHALL DEBUG CLIENT ACL AUTH HELLO RESET
        WAIT SCRIPT FUNCTION MOVE BLPOP BRPOP BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP XREAD XREADGROUP
        """.split { $0.isWhitespace }.map(String.init)
    )
    private static let stretches = (demanding: 100, modest: 600)

    /// A stream of commands like `templates`, one a line.
    init(seed: UInt64, like text: String = CommandStream.redis) {
        random = SplitMix64(seed: seed)
        templates = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        modest = templates.filter { !Self.demanding.contains($0[0]) }
    }

    /// The next commands.
    mutating func take(_ count: Int) -> [[[UInt8]]] { (0..<count).map { _ in next() } }

    /// The next command: often one that came lately, as a cache hits only what is asked for again.
    mutating func next() -> [[UInt8]] {
        leftOfStretch -= 1
        if leftOfStretch == 0, templates.contains(["MULTI"]) {
            isModest.toggle()
            leftOfStretch = isModest ? Self.stretches.modest : Self.stretches.demanding
            recent = []
            // Nothing is left of what has begun.
            return [Array("RESET".utf8)]
        }
        if !recent.isEmpty, random.once(in: 3) { return random.pick(recent) }
        let command = newCommand()
        recent.append(command)
        if recent.count > 10 { recent.removeFirst() }
        return command
    }

    private mutating func newCommand() -> [[UInt8]] {
        var command: [[UInt8]] = []
        for word in random.pick(isModest ? modest : templates) {
            if word == "…" { break }
            command.append(argument(word))
        }
        // A command is now and then short of an argument, or has one too many. HELLO alone tells the client's id, and
        // COMMAND alone lists a table in an order that Redis changes.
        if random.once(in: 60), command.count > 1, !["HELLO", "COMMAND"].map({ Array($0.utf8) }).contains(command[0]) {
            command.removeLast()
        }
        if random.once(in: 60) { command.append(argument("$v")) }
        return command
    }

    /// `$s`, `$l`, `$h`, `$S`, `$z`, `$x` are keys of a type, `$k` one of any type; the others are values.
    private mutating func argument(_ word: String) -> [UInt8] {
        switch word {
        case "$s", "$l", "$h", "$S", "$z", "$x", "$p", "$g":
            return Array("\(random.once(in: 25) ? "s" : word.dropFirst())\(Int.random(in: 0..<6, using: &random))".utf8)
        case "$k":
            return Array(
                "\(random.pick(["s", "l", "h", "S", "z", "x", "p", "g"]))\(Int.random(in: 0..<6, using: &random))".utf8
            )
        case "$n": return Array("\(random.pick([0, 1, 2, -1, 5, 100, -7, .max]))".utf8)
        case "$i": return Array("\(Int.random(in: 0...12, using: &random))".utf8)
        case "$f": return Array(random.pick(["0", "1.5", "-2.25", "3e2", "inf", "nan", "0.1", "10"]).utf8)
        case "$m": return Array("m\(Int.random(in: 0..<40, using: &random))".utf8)
        case "$v": return value()
        default: return Array(word.utf8)
        }
    }

    private mutating func value() -> [UInt8] {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: return []
        case 1: return Array("\r\n$5\r\n*1\r\n".utf8)
        case 2: return random.bytes(Int.random(in: 1...300, using: &random))
        case 3: return [UInt8](repeating: UInt8(ascii: "x"), count: Int.random(in: 1000...70_000, using: &random))
        case 4...12: return Array("\(Int.random(in: -100...100, using: &random))".utf8)
        default: return Array("v\(Int.random(in: 0..<1000, using: &random))".utf8)
        }
    }
}
