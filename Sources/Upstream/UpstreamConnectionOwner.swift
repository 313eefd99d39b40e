/// Who decides what becomes of a connection.
protocol UpstreamConnectionOwner: AnyObject {
    /// The server's name in messages.
    var serverName: String { get }
    /// Whether a connection carries the commands of many clients.
    var sharesConnections: Bool { get }
    /// The handshake is through.
    func connectionReady(_ connection: UpstreamConnection)
    /// The connection has ended by itself. Its unanswered commands are the owner's to deal with.
    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool)
    /// ``UpstreamConnection/isCongested`` is not what it was.
    func congestionChanged(of connection: UpstreamConnection)
    /// The server has said with an error reply that it is a replica.
    func connectionIsAtReplica(_ connection: UpstreamConnection)
}

extension UpstreamConnectionOwner {
    /// Does nothing: who carries no commands of clients learns it no sooner than they do.
    func connectionIsAtReplica(_ connection: UpstreamConnection) {}
}
