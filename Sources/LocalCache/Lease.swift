/// The right to store what a read of one key brings back.
///
/// It ends when anything is heard that may make the reply old: an invalidation, a write's reply, a flush, the end of
/// the connection that it belongs to. Commands of that connection hold it together: they are executed one after the
/// other, so what the later one brings is never older. A command of another connection could be, so it goes without.
struct Lease {
    /// What tells it from earlier leases of the key; never 0.
    let number: UInt64
    /// The connection whose commands hold it.
    let source: UInt32
    /// How many of them.
    var holders: Int
}
