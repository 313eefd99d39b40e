import NIOCore
import RESP
import Upstream

/// What a SELECT, an AUTH or a HELLO asks a session to become, as far as it can be read.
///
/// A command that the server will refuse may be read wrongly here: then nothing comes of it.
struct IdentityChange {
    /// Who the session wants to be.
    var credentials: Credentials?
    /// The name it gives itself on the way.
    private(set) var clientName: [UInt8]?
    /// Whether the server may have done a part of it although it says no: it obeys HELLO's AUTH before it finds fault with
    /// what is behind that.
    let mayTakePartialEffect: Bool
    private var db: Int?
    private var version: RESPVersion?

    init(_ command: Command, _ route: CommandRoute) {
        mayTakePartialEffect = route == .hello && command.count > 2
        switch route {
        case .select: db = command.count == 2 ? Decimal.parse(command[1]) : nil
        case .auth: readAuth(command)
        default: readHello(command)
        }
    }

    /// `identity` after the change.
    func applied(to identity: Identity) -> Identity {
        Identity(
            credentials: credentials ?? identity.credentials,
            db: db ?? identity.db,
            version: version ?? identity.version
        )
    }

    /// The HELLO without its AUTH, which was found right here.
    func helloWithoutCredentials(_ command: Command) -> ByteBuffer {
        var arguments: [[UInt8]] = []
        var index = 0
        while index < command.count {
            if index >= 2, command.argument(index, is: "auth") {
                index += 3
            } else {
                arguments.append(Array(command[index]))
                index += 1
            }
        }
        var frame = ByteBuffer()
        frame.writeCommand(arguments)
        return frame
    }

    private mutating func readAuth(_ command: Command) {
        switch command.count {
        case 2: credentials = Credentials(user: nil, password: Array(command[1]))
        case 3: credentials = Credentials(user: Array(command[1]), password: Array(command[2]))
        default: break
        }
    }

    private mutating func readHello(_ command: Command) {
        guard command.count > 1, let number = Decimal.parse(command[1]) else { return }
        version = UInt8(exactly: number).flatMap(RESPVersion.init(rawValue:))
        var index = 2
        while index < command.count {
            if command.argument(index, is: "auth"), index + 2 < command.count {
                credentials = Credentials(user: Array(command[index + 1]), password: Array(command[index + 2]))
                index += 3
            } else if command.argument(index, is: "setname"), index + 1 < command.count {
                clientName = Array(command[index + 1])
                index += 2
            } else {
                return
            }
        }
    }
}
