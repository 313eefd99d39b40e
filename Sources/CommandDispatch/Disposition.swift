/// What became of a command that was handed to the dispatcher.
public enum Disposition {
    /// It is done or under way; the next one may come.
    case taken
    /// It can't start yet. Nothing of it was taken: hand it in again when ``SessionOutlet/resume()`` is called.
    case later
}
