import NIOConcurrencyHelpers
import Upstream

/// The parts of the cache that identities see, by number.
///
/// Users and databases each have one of their own. Within it, strings and missing keys are the same in either protocol
/// version, other replies are kept for each.
final class Namespaces: Sendable {
    private struct Owner: Hashable {
        /// Nil for whoever the upstream's URL names. The password doesn't matter: the server has found it right.
        let user: [UInt8]?
        let db: Int
    }

    private let numbers = NIOLockedValueBox<[Owner: UInt16]>([:])

    /// So many fit into 16 bits with the versions; an identity that comes later isn't cached.
    private static let most = UInt16.max >> 2

    /// The number for strings of `identity`; 0 if there are too many identities.
    func number(for identity: Identity) -> UInt16 {
        numbers.withLockedValue { numbers in
            let user = identity.credentials.map { $0.user ?? Array("default".utf8) }
            let owner = Owner(user: user, db: identity.db)
            if let number = numbers[owner] { return number << 2 }
            guard numbers.count < Self.most else { return 0 }
            let number = UInt16(numbers.count + 1)
            numbers[owner] = number
            return number << 2
        }
    }
}
