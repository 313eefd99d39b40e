/// Who looks after what is cached of a shared connection's replies.
public protocol SharedConnectionObserver: AnyObject {
    /// There is a shared connection for one more identity; it isn't open yet.
    func sharedConnectionMade(_ connection: SharedConnection)
    /// There is none any more: nobody is that identity.
    func sharedConnectionRemoved(_ connection: SharedConnection)
    /// The server has taken it. Commands that waited for that leave after this call.
    func sharedConnectionReady(_ connection: SharedConnection)
    /// Its socket is closed. Commands that have no reply are failed or sent again after this call.
    func sharedConnectionClosed(_ connection: SharedConnection)
}
