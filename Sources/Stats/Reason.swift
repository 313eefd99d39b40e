/// Why something happened, out of a few known reasons that are counted apart.
///
/// Raw values count from 0 in the order of the cases.
public protocol Reason: RawRepresentable<Int>, CaseIterable, Hashable, Sendable {
    /// The reason in metrics and JSON: `snake_case`.
    var name: String { get }
}
