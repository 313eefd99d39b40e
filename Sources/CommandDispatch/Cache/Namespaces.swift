import NIOConcurrencyHelpers
import Upstream

/// The parts of the cache that identities see, by number.
///
/// Users and databases each have one of their own. Within it, strings and missing keys are the same in either protocol
/// version, other replies are kept for each.
///
/// There are only so many numbers, and over the years a server may have more users than that. When all are given, those
/// of identities that nobody is any more are taken back, all at once, and what the cache holds is dropped before they
/// are given anew: it may be theirs.
final class Namespaces: Sendable {
    private struct Owner: Hashable {
        /// Nil for whoever the upstream's URL names. The password doesn't matter: the server has found it right.
        let user: [UInt8]?
        let db: Int

        init(_ identity: Identity) {
            user = identity.credentials.map { $0.user ?? Array("default".utf8) }
            db = identity.db
        }
    }

    private struct State {
        var numbers: [Owner: (number: UInt16, holders: Int)] = [:]
        /// Those that nobody has; the last is given next.
        var free: [UInt16]
    }

    private let state: NIOLockedValueBox<State>

    /// So many fit into 16 bits with the versions.
    static let most = UInt16.max >> 2

    init(most: UInt16 = Namespaces.most) { state = NIOLockedValueBox(State(free: (1...most).reversed())) }

    /// The number for strings of `identity`, for one more that holds it until ``release(_:)``; 0 if there are too many
    /// identities at once, and then this one isn't cached.
    ///
    /// - Parameter flush: drops everything from the cache, before anybody gets a number that was another's.
    func hold(_ identity: Identity, flush: () -> Void) -> UInt16 {
        let owner = Owner(identity)
        return state.withLockedValue { state in
            if let (number, holders) = state.numbers[owner] {
                state.numbers[owner] = (number, holders + 1)
                return number << 2
            }
            if state.free.isEmpty {
                state.free = state.numbers.values.filter { $0.holders == 0 }.map(\.number)
                state.numbers = state.numbers.filter { $0.value.holders > 0 }
                if !state.free.isEmpty { flush() }
            }
            guard let number = state.free.popLast() else { return 0 }
            state.numbers[owner] = (number, 1)
            return number << 2
        }
    }

    /// One that held the identity's number, if there was one for it, does so no more.
    func release(_ identity: Identity) {
        state.withLockedValue { $0.numbers[Owner(identity)]?.holders -= 1 }
    }
}
