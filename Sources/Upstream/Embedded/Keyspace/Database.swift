/// One of the numbered databases.
struct Database {
    /// The keys; those that expire are marked.
    var keys = Dict<Entry>()
    /// How far the search for expired keys came.
    var expireCursor: UInt64 = 0
}
