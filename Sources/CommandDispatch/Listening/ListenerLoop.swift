import NIOCore

/// The clients of a listener on one event loop.
public protocol ListenerLoop: AnyObject, SendableMetatype {
    /// Lets every client finish what is under way; the future succeeds when all are gone.
    func drain() -> EventLoopFuture<Void>
    /// Closes those that are left.
    func closeAll()
}
