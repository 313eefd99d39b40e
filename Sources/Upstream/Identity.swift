import RESP

/// What an upstream connection is to the server: who, on which database, in which protocol version.
///
/// Sessions of one identity on one event loop share a connection; nothing is ever shared across identities.
public struct Identity: Hashable, Sendable {
    /// Who authenticated with `AUTH` or `HELLO … AUTH`; nil for the credentials of the upstream's URL, if it has any.
    public var credentials: Credentials?
    /// The database that `SELECT` chose.
    public var db: Int
    /// The version that `HELLO` chose.
    public var version: RESPVersion

    /// An identity.
    public init(credentials: Credentials? = nil, db: Int = 0, version: RESPVersion = .resp2) {
        self.credentials = credentials
        self.db = db
        self.version = version
    }
}
