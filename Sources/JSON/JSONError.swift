/// Why a text isn't JSON, and where.
package struct JSONError: Error, CustomStringConvertible {
    /// What was found or missed.
    package let problem: String
    /// The byte at which it was, from 0.
    package let position: Int

    package init(problem: String, position: Int) {
        self.problem = problem
        self.position = position
    }

    package var description: String { "\(problem) at byte \(position)" }
}
