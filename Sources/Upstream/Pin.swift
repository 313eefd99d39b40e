/// One session's hold on a connection that it has to itself. Who has it afterwards holds another one.
final class Pin {
    /// Called when the connection has ended.
    let onLoss: () -> Void

    init(onLoss: @escaping () -> Void) { self.onLoss = onLoss }
}
