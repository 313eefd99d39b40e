import NIOCore
import RESP

/// What a new connection says before it carries commands, and what the answers mean.
///
/// The credentials of the URL come first, then the protocol version and the database, then the session's own
/// credentials, which is the order in which a client would have come there. A user may lack the right to SELECT, and a
/// server may want a password before it lets anybody SELECT: so the database is asked for before and after the
/// session's own credentials, and once is enough. Then comes a PING, so that a server which turns clients away is heard
/// before the first command is sent.
///
/// All of it is sent at once, but for the session's own credentials and what follows them, which wait for the answers
/// to what comes before: from Redis 7.2 on, one that has something to write already doesn't answer an AUTH that fails
/// (`addAuthErrReply` in its acl.c).
struct Handshake {
    /// What an answer led to.
    enum Outcome: Equatable {
        /// More answers are to come.
        case waiting
        /// All that was sent is answered; this is to be sent next.
        case proceed(ByteBuffer)
        /// The connection is what it was meant to be.
        case ready
        /// The server said no, in these words (without the `-`).
        case refused(String)
    }

    private enum Step: Equatable {
        case authenticate
        case hello
        case selectEarly
        case select
        case ping
        case identify
    }

    /// What the server calls the connection, if it was asked and has told.
    private(set) var clientInfo: ClientInfo?
    /// Whether the server wants a password, of which it was given none, before it carries out commands.
    private(set) var lacksPassword = false
    /// What to send first.
    private(set) var request = ByteBuffer()
    /// What to send when all steps before `deferred` are answered; nil if nothing has to wait.
    private var deferredRequest: ByteBuffer?
    private var deferred = 0
    private var steps: ArraySlice<Step> = []
    private var selected = true
    private var selectError = ""
    /// What has arrived of an answer that isn't whole.
    private var part: [UInt8] = []

    /// - Parameter identifies: whether the server is asked what it calls the connection. It may keep that to itself.
    init(identity: Identity, url: UpstreamURL, identifies: Bool) {
        if let credentials = url.credentials { add(.authenticate, ["AUTH"], credentials.arguments()) }
        if identity.db != 0 { selected = false }
        if let own = identity.credentials {
            if identity.db != 0 { add(.selectEarly, ["SELECT", String(identity.db)]) }
            awaitAnswers()
            if identity.version == .resp3 {
                add(.hello, ["HELLO", "3", "AUTH"], own.arguments(namingUser: true))
            } else {
                add(.authenticate, ["AUTH"], own.arguments())
            }
        } else if identity.version == .resp3 {
            add(.hello, ["HELLO", "3"])
        }
        if identity.db != 0 { add(.select, ["SELECT", String(identity.db)]) }
        add(.ping, ["PING"])
        if identifies { add(.identify, ["CLIENT", "INFO"]) }
    }

    /// Whether answers are still to come.
    var isUnfinished: Bool { !steps.isEmpty }

    /// Whether that much more of an answer isn't too much: the longest, to HELLO, names the server's modules.
    func hasRoom(for bytes: Int) -> Bool { part.count + bytes <= Self.longestAnswer }
    private static let longestAnswer = 1 << 20

    /// Takes bytes of the answer to the oldest step that has none, up to its end if `isWhole`.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Outcome {
        if isWhole, part.isEmpty { return receive(bytes) }
        part.append(contentsOf: bytes)
        guard isWhole else { return .waiting }
        defer { part = [] }
        return part.withUnsafeBytes { receive($0) }
    }

    private mutating func receive(_ reply: UnsafeRawBufferPointer) -> Outcome {
        guard let step = steps.popFirst() else { return .ready }
        let error = reply.errorLine
        switch step {
        case .authenticate, .hello:
            if let error { return .refused(error) }
        case .selectEarly, .select:
            if error == nil { selected = true }
            if let error { selectError = error }
            if step == .select, !selected { return .refused(selectError) }
        case .identify:
            clientInfo = ClientInfo(reply)
        case .ping:
            if let error, !Self.isAboutTheCommand(error) { return .refused(error) }
            lacksPassword = error?.hasPrefix("NOAUTH ") ?? false
        }
        if steps.startIndex == deferred, let next = deferredRequest {
            deferredRequest = nil
            return .proceed(next)
        }
        return steps.isEmpty ? .ready : .waiting
    }

    /// What is added from here on is sent when all before it is answered.
    private mutating func awaitAnswers() {
        guard !steps.isEmpty else { return }
        deferred = steps.endIndex
        deferredRequest = ByteBuffer()
    }

    private mutating func add(_ step: Step, _ words: [String], _ more: [[UInt8]] = []) {
        steps.append(step)
        guard deferredRequest == nil else {
            deferredRequest?.writeCommand(words, more)
            return
        }
        request.writeCommand(words, more)
    }

    /// Answers of a server that has taken the connection: it will say the same to commands, which get it verbatim.
    private static func isAboutTheCommand(_ error: String) -> Bool {
        ["NOAUTH", "NOPERM", "LOADING", "BUSY", "MASTERDOWN", "MISCONF"].contains { error.hasPrefix($0 + " ") }
    }
}
