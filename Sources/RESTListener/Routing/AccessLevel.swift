/// What a client may do.
enum AccessLevel {
    /// Only what needs no token.
    case none
    /// Read.
    case readOnly
    /// Everything.
    case full
}
