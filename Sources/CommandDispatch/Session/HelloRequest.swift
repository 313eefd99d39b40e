import NIOCore
import RESP
import Upstream

/// What a HELLO asks for, read as Redis reads it: a word is an option only where an option may stand, so a client whose
/// name is `auth` hasn't authenticated. (`networking.c`, `helloCommand`)
struct HelloRequest {
    /// The protocol version; nil to stay with the one that is spoken.
    private(set) var version: RESPVersion?
    /// Who the client wants to be.
    private(set) var credentials: Credentials?
    /// The name that the client gives itself.
    private(set) var clientName: [UInt8]?
    /// What Redis says of it before it looks at the credentials. What stands behind the mistake isn't read.
    private(set) var error: String?

    init(_ command: Command) {
        guard command.count > 1 else { return }
        guard let number = Decimal.parse(command[1]) else {
            error = "ERR Protocol version is not an integer or out of range"
            return
        }
        version = UInt8(exactly: number).flatMap(RESPVersion.init(rawValue:))
        error = version == nil ? "NOPROTO unsupported protocol version" : readOptions(command)
    }

    private mutating func readOptions(_ command: Command) -> String? {
        var index = 2
        while index < command.count {
            let left = command.count - index - 1
            if command.argument(index, is: "auth"), left >= 2 {
                credentials = Credentials(user: Array(command[index + 1]), password: Array(command[index + 2]))
                index += 3
            } else if command.argument(index, is: "setname"), left >= 1 {
                guard ClientName.isValid(command[index + 1]) else {
                    return "ERR Client names cannot contain spaces, newlines or special characters."
                }
                clientName = Array(command[index + 1])
                index += 2
            } else {
                return "ERR Syntax error in HELLO option '\(command.string(index))'"
            }
        }
        return nil
    }

    /// Where in `command`, a HELLO, Redis finds an AUTH: a user and a password stand behind each.
    static func logins(in command: Command) -> [Int] {
        var places: [Int] = []
        var index = 2
        while index < command.count {
            if command.argument(index, is: "auth"), index + 2 < command.count {
                places.append(index)
                index += 3
            } else if command.argument(index, is: "setname") {
                index += 2
            } else {
                break
            }
        }
        return places
    }

    /// The same without its AUTH.
    var withoutCredentials: ByteBuffer {
        var words = ["HELLO"]
        if let version { words.append(String(version.rawValue)) }
        guard let clientName else { return ByteBuffer(command: words) }
        return ByteBuffer(command: words + ["SETNAME"], [clientName])
    }
}
