/// What `AUTH` takes: a password, and a user unless it is the default one.
public struct Credentials: Hashable, Sendable {
    /// Nil for `AUTH password`, the form from before Redis 6.
    public var user: [UInt8]?
    /// The password as sent; never logged.
    public var password: [UInt8]

    /// Credentials of `user`, or of the default user.
    public init(user: [UInt8]?, password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// The arguments of `AUTH` (or of `HELLO n AUTH`, which always names the user).
    public func arguments(namingUser: Bool = false) -> [[UInt8]] {
        if let user { return [user, password] }
        return namingUser ? [Array("default".utf8), password] : [password]
    }
}
