/// What the path of a unix socket may be.
public enum UnixSocketPath {
    /// The most bytes that NIO takes, so that it is the same on every system; Linux would take 107.
    public static let longest = 103
}
