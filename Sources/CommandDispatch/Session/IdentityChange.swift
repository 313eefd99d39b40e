import RESP
import Upstream

/// What a SELECT, an AUTH or a HELLO asks a session to become, as far as it can be read.
///
/// A command that the server will refuse may be read wrongly here: then nothing comes of it.
struct IdentityChange {
    /// Who the session wants to be.
    var credentials: Credentials?
    /// Whether it authenticates the session if it is accepted.
    let authenticates: Bool
    /// The name it gives itself on the way.
    private(set) var clientName: [UInt8]?
    /// Whether the server obeys a part of it before it may find fault with another.
    private let hasParts: Bool
    /// Whether its first part is the only AUTH.
    private let beginsWithLogin: Bool
    /// Whether the server will find fault with how it is written.
    private(set) var isMalformed = false
    private var db: Int?
    private var version: RESPVersion?

    init(_ command: Command, _ route: CommandRoute) {
        hasParts = route == .hello && command.count > 2
        beginsWithLogin = route == .hello && HelloRequest.logins(in: command) == [2]
        switch route {
        case .select: db = command.count == 2 ? Decimal.parse(command[1]) : nil
        case .auth: credentials = Self.credentials(ofAuth: command)
        default:
            let hello = HelloRequest(command)
            version = hello.version
            credentials = hello.credentials
            clientName = hello.clientName
            isMalformed = hello.error != nil
        }
        authenticates = credentials != nil
    }

    /// Whether the server may have done a part of it although it says no, with `error`: it obeys HELLO's AUTH before it
    /// finds fault with what is behind that.
    func mayHaveTakenEffect(despite error: UnsafeRawBufferPointer) -> Bool {
        guard hasParts else { return false }
        if beginsWithLogin, error.starts(with: "-WRONGPASS ".utf8) { return false }
        return !["-NOPROTO ", "-NOPERM ", "-ERR unknown command "].contains { error.starts(with: $0.utf8) }
    }

    /// `identity` after the change, but for who it is.
    func appliedAtExec(to identity: Identity) -> Identity {
        Identity(credentials: identity.credentials, db: db ?? identity.db, version: version ?? identity.version)
    }

    /// `identity` after the change.
    func applied(to identity: Identity) -> Identity {
        var result = appliedAtExec(to: identity)
        if let credentials { result.credentials = credentials }
        return result
    }

    private static func credentials(ofAuth command: Command) -> Credentials? {
        switch command.count {
        case 2: Credentials(user: nil, password: Array(command[1]))
        case 3: Credentials(user: Array(command[1]), password: Array(command[2]))
        default: nil
        }
    }
}
