import RESP

/// What became of asking the server about a command that nobody here knows.
struct Lesson {
    /// What the server has made of the question.
    enum Outcome {
        /// It doesn't know the command, so it will refuse it.
        case unknown
        /// It doesn't tell, so the command may do anything.
        case untold
        /// It couldn't answer; this is why.
        case failed(String)
    }

    let name: CommandName
    let outcome: Outcome
}
