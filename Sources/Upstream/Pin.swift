/// One session's hold on a connection that it has to itself. Who has it afterwards holds another one.
final class Pin {
    /// Called when the connection has ended.
    let onLoss: () -> Void
    /// Called when what the session didn't send itself is answered.
    let onQuiet: () -> Void

    init(onLoss: @escaping () -> Void, onQuiet: @escaping () -> Void) {
        self.onLoss = onLoss
        self.onQuiet = onQuiet
    }
}
