/// An HTTP request's method, as far as methods are counted apart: whatever a client makes up is `other`.
public enum HTTPVerb: Int, CaseIterable, Sendable {
    case get
    case head
    case post
    case put
    case delete
    case options
    case other

    /// The method in metrics.
    public var name: String { self == .other ? "other" : "\(self)".uppercased() }
}
