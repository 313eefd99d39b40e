import NIOCore

/// How the clients of a server that stops are let go.
public enum Draining {
    /// A client that doesn't know yet that the server stops may have a command or a request on its way, however long it
    /// was silent before. One that stays silent for so long has none.
    public static let patience = TimeAmount.milliseconds(500)
}
