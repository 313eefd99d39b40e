import NIOCore

/// The front end of a session: what carries its replies to the client.
public protocol SessionOutlet: AnyObject {
    /// Whether the client takes what it is sent. While it doesn't, no more of its commands are executed.
    var isWritable: Bool { get }
    /// `replies` are the session's next replies, whole or in part, in the protocol version of its identity.
    func write(_ replies: ByteBuffer)
    /// The command that ``Dispatcher/dispatch(_:for:)`` would not take yet may be tried again.
    func resume()
    /// Nothing more will be written: the connection is to be closed once the client has everything.
    func close()
    /// The connection is to be closed here and now.
    func abort()
}
