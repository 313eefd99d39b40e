import NIOCore

/// A whole request that is to be served.
struct Request {
    let head: RequestHead
    let route: Route
    let access: AccessLevel
    let body: ByteBuffer
}
