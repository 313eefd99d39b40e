import NIOConcurrencyHelpers
import Synchronization

/// The numbers of the rounds in which the server is asked whether we have heard everything.
///
/// A round sends a PING over the invalidation feed and over every connection whose reads are tracked. When all of them
/// are answered it is settled: whatever the server had executed before the round began has been heard of. Rounds begin
/// when somebody wants one, one at a time; a doubt that arises now is settled by the next one to begin.
public final class Rounds: Sendable {
    private let begun = Atomic<UInt64>(0)
    private let settledRound = Atomic<UInt64>(0)
    private let everythingInDoubt = Atomic<UInt64>(0)
    private let isWanted = Atomic<Bool>(false)
    private let begin = NIOLockedValueBox<Begin?>(nil)

    /// A function that is kept in a generic box itself is wrapped up once more each time that the box is opened.
    private final class Begin: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    init() {}

    /// The last round that is settled.
    public var settled: UInt64 { settledRound.load(ordering: .acquiring) }

    /// The round that settles the doubts of now. Whoever waits for it wants it, so it begins soon.
    public func next() -> UInt64 {
        let round = begun.load(ordering: .sequentiallyConsistent) + 1
        if !isWanted.exchange(true, ordering: .sequentiallyConsistent) { begin.withLockedValue { $0 }?.body() }
        return round
    }

    /// The round up to which everything in the cache is in doubt.
    var everything: UInt64 { everythingInDoubt.load(ordering: .acquiring) }

    /// Puts everything in doubt.
    func doubtEverything() {
        everythingInDoubt.max(next(), ordering: .sequentiallyConsistent)
    }

    /// `begin` is called, by whoever wants it first, when a round is wanted.
    public func onWanted(_ begin: @escaping @Sendable () -> Void) { self.begin.withLockedValue { $0 = Begin(begin) } }

    /// Begins a round and returns its number. From now on new doubts wait for the one after it.
    public func start() -> UInt64 {
        // In this order: who still sees the old number afterwards has his doubt settled by this round, whose PINGs are
        // sent later, and has at worst wished for one too many.
        isWanted.store(false, ordering: .sequentiallyConsistent)
        return begun.add(1, ordering: .sequentiallyConsistent).newValue
    }

    /// Whether somebody waits for a round that hasn't begun.
    public var isNextWanted: Bool { isWanted.load(ordering: .sequentiallyConsistent) }

    /// Every PING of `round` is answered.
    public func settle(_ round: UInt64) { settledRound.store(round, ordering: .releasing) }
}
