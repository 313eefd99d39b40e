/// Why a text isn't JSON, and where.
struct JSONError: Error, CustomStringConvertible {
    /// What was found or missed.
    let problem: String
    /// The byte at which it was, from 0.
    let position: Int

    var description: String { "\(problem) at byte \(position)" }
}
