import NIOCore
import RESP
import Upstream

/// Who clients log in as with the password that is ours (`--requirepass`): to Redis, the user of the upstream's URL.
///
/// Redis has a default user of its own, which no client of ours may become by that name: as a rule it may do anything
/// and needs no password. So where an AUTH or a HELLO of a client goes to Redis, in a tunnel or because it names
/// somebody else besides, that name is translated first.
struct DefaultUser {
    /// What clients have to give.
    let password: [UInt8]
    /// What Redis has to be told for it; nil if it needs nothing.
    let credentials: Credentials?

    /// What Redis gets in place of `command`, an AUTH or a HELLO; nil if that doesn't log in as the default user. A
    /// wrong password becomes a login that Redis refuses with the words that it has for such.
    func translated(_ command: Command, _ route: CommandRoute) -> ByteBuffer? {
        guard route == .auth || route == .hello else { return nil }
        var arguments = (0..<command.count).map { Array(command[$0]) }
        var isTranslated = false
        if route == .auth, let login = IdentityChange(command, route).credentials, login.isDefaultUser {
            arguments.replaceSubrange(1..., with: translated(login).arguments(namingUser: true))
            isTranslated = true
        } else if route == .hello {
            // It obeys each AUTH, until it doesn't understand an option.
            for index in HelloRequest.logins(in: command) {
                let login = Credentials(user: arguments[index + 1], password: arguments[index + 2])
                guard login.isDefaultUser else { continue }
                arguments.replaceSubrange(index + 1...index + 2, with: translated(login).arguments(namingUser: true))
                isTranslated = true
            }
        }
        return isTranslated ? ByteBuffer(command: [], arguments) : nil
    }

    private func translated(_ login: Credentials) -> Credentials {
        guard login.password.isEqualInConstantTime(to: password) else {
            // Nobody has such a name.
            let name = "ocm:" + String(UInt64.random(in: .min ... .max), radix: 16)
            return Credentials(user: Array(name.utf8), password: [])
        }
        return credentials ?? Credentials(user: nil, password: [])
    }
}
