/// Why a test can't go on.
public struct TestError: Error, CustomStringConvertible {
    /// The reason, in a sentence.
    public let description: String

    /// An error with a reason.
    public init(_ description: String) { self.description = description }
}
