/// Why a text isn't JSON, and where.
package struct JSONError: Error, CustomStringConvertible {
    /// What was found or missed.
    package let problem: String
    /// The byte at which it was, from 0.
    package let position: Int

    /// What is wrong, and where.
    package init(problem: String, position: Int) {
        self.problem = problem
        self.position = position
    }

    /// The problem and its position, for people.
    package var description: String { "\(problem) at byte \(position)" }
}
