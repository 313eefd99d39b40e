/// How long the server may rightly take for a command.
enum CommandPace {
    /// No longer than the upstream's response timeout.
    case usual
    /// For as long as it works on it: a script.
    case slow
    /// For as long as others make it wait. That says nothing of how fast Redis is, so it isn't counted as latency.
    case waiting
}
