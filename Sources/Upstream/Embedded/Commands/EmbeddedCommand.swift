import NIOCore
import RESP

/// A command of the embedded store: what `COMMAND INFO` says of it, and how it is executed.
struct EmbeddedCommand: Sendable {
    /// Executes a command; what it throws becomes the reply.
    typealias Handler = @Sendable (Keyspace, Call, inout ByteBuffer) throws(CommandError) -> Void

    let name: String
    /// How many arguments, the name included; `-n` for at least `n`.
    let arity: Int
    let flags: [String]
    let firstKey: Int
    let lastKey: Int
    let keyStep: Int
    let categories: [String]
    /// Nil for a command that concerns its session, which is executed where sessions are.
    let handler: Handler?
    /// Whether it may take memory.
    let takesMemory: Bool
    /// Whether it can do without the value that its key had, options apart (``Call/asksForOldValue``): what makes room
    /// for the new one may be that.
    let overwrites: Bool

    /// A command described as Redis's documentation does it.
    ///
    /// - Parameters:
    ///   - name: in lower case.
    ///   - arity: how many arguments, the name included; `-n` for at least `n`.
    ///   - flags: with spaces in between.
    ///   - keys: first key, last key (negative: from the end) and step.
    ///   - categories: of ACLs, without `@`, with spaces in between.
    ///   - handler: how it is executed.
    ///   - overwrites: whether it can do without its key's old value.
    init(
        _ name: String,
        _ arity: Int,
        _ flags: String,
        _ keys: (Int, Int, Int),
        _ categories: String,
        _ handler: Handler? = nil,
        overwrites: Bool = false
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags.split(separator: " ").map(String.init)
        (firstKey, lastKey, keyStep) = keys
        self.categories = categories.split(separator: " ").map { "@\($0)" }
        self.handler = handler
        takesMemory = self.flags.contains("denyoom")
        self.overwrites = overwrites
    }

    /// Whether it may have `count` arguments, its name included.
    @inline(__always)
    func accepts(_ count: Int) -> Bool { arity >= 0 ? count == arity : count >= -arity }

    /// Where its keys stand among `count` arguments.
    func keyPositions(_ count: Int) -> [Int] {
        guard firstKey > 0 else { return [] }
        let last = lastKey < 0 ? count + lastKey : lastKey
        return Array(stride(from: firstKey, through: min(last, count - 1), by: keyStep))
    }
}
