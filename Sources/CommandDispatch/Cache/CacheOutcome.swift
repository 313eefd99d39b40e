/// What the local cache made of a command.
public enum CacheOutcome: UInt8, Sendable {
    /// It wasn't asked, or may not answer.
    case bypass
    /// It answered.
    case hit
    /// It had no answer: the server was asked.
    case miss
    /// It had no answer yet, but one that another command had asked for was on its way.
    case coalesced

    /// As the header `X-Cache` shows it.
    public var name: StaticString {
        switch self {
        case .bypass: "BYPASS"
        case .hit: "HIT"
        case .miss: "MISS"
        case .coalesced: "COALESCED"
        }
    }
}
