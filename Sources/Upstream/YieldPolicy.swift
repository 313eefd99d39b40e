import NIOCore

/// When an event loop yields its processor to others before it looks for more to do.
///
/// A loop that sleeps as soon as it has nothing to do sleeps too often under load. It shares processors with clients
/// and server, and the first request that one of them writes wakes it, in that client's place: it takes this request,
/// sleeps again, and with the next one it is the same. Such turns carry a few commands each, and the server is woken as
/// often. So after a turn that carried many, the loop yields (sched_yield(2)), several times, before it asks the kernel
/// what is ready. Whoever else wants this processor has it then, clients with replies to read and requests to write
/// above all, and keeps it meanwhile, since a loop that is ready to run needs no waking. Once a yield returns at once,
/// nobody wants the processor any more.
///
/// Who has the processor then may be a stranger, though, that computes for as long as the kernel lets it: some
/// milliseconds. So when yielding took longer than ``patience``, what that time didn't bring is paid from an allowance,
/// a small share of all time. While it is used up, the loop sleeps as any other does, and is woken as promptly.
///
/// Measured with 50 clients, two processors for them, ocm and Redis, redis-benchmark's speed with ocm by that with
/// Redis alone, mean of SET and GET over TCP and a unix socket: 0.82 instead of 0.77 with 16 commands in a pipeline,
/// 1.02 instead of 0.77 with 64. A yield takes less than 3 µs in seven of ten cases, 30 µs to 1 ms else; beside two
/// processes that only compute, 3.6 ms in one of five. To go on after a yield of less than 5 µs made no difference to
/// the speed and took more of the processor.
struct YieldPolicy {
    /// A turn that carried so many commands and replies is followed by yielding.
    static let busyTurn = 16
    /// How often a loop yields in a row at most.
    static let times = 6
    /// A yield that takes less time found nobody who wants the processor.
    static let shortest = TimeAmount.microseconds(5)
    /// Yielding for no longer than this is never wrong.
    static let patience = TimeAmount.milliseconds(1)
    /// How long it is worth yielding to find one more command or reply: about what it takes a client.
    static let worth = TimeAmount.nanoseconds(500)
    /// The allowance grows by 1 ns in so many.
    static let allowanceShare: Int64 = 50
    /// What the allowance may grow to.
    static let largestAllowance = TimeAmount.milliseconds(10)

    private var allowance = largestAllowance
    private var accountedUntil = NIODeadline.uptimeNanoseconds(0)
    /// For how long the loop yielded, until it is known what that brought.
    private var given = TimeAmount.zero

    /// A turn that carried so many commands and replies is over: true if there is reason to yield.
    mutating func turnEnded(carrying carried: Int) -> Bool {
        if given > Self.patience { allowance = allowance - max(given - Self.worth * carried, .zero) }
        given = .zero
        return carried >= Self.busyTurn
    }

    /// Whether the loop can afford to yield now.
    mutating func mayYield(at now: NIODeadline) -> Bool {
        let growth = TimeAmount.nanoseconds((now - accountedUntil).nanoseconds / Self.allowanceShare)
        allowance = min(allowance + growth, Self.largestAllowance)
        accountedUntil = now
        return allowance > .zero
    }

    /// Whether to yield again after a yield that took `time`, `total` with those before it.
    static func isWorthRepeating(tookTime time: TimeAmount, of total: TimeAmount) -> Bool {
        time >= shortest && total < patience
    }

    /// The loop yielded for so long.
    mutating func yielded(for time: TimeAmount) { given = time }
}
