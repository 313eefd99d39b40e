/// How a connection stands to the number of clients that may be connected at once.
enum Standing {
    /// It is one of them.
    case client
    /// It is beyond them. As whoever runs us must be able to ask how it is then, its first request is answered if it is
    /// a probe's, and is its last.
    case surplus
    /// It was too many.
    case turnedAway
}
