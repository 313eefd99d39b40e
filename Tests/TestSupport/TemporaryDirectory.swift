import Foundation

/// A directory that is gone, with all that is in it, when nobody refers to it any more.
public final class TemporaryDirectory {
    /// Where it is. Short, because paths of unix sockets must be.
    public let path: String

    /// A new one.
    public init() throws {
        var template = Array("/tmp/ocm-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw TestError("can't make a directory in /tmp") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
