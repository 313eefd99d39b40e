import NIOCore
import RESP

public final class EmbeddedStore: Sendable {
    public static let databases = 16
    public init(memoryLimit: Int) {}
    public func execute(_ command: Command, db: Int, version: RESPVersion, into reply: inout ByteBuffer) -> Bool {
        false
    }
    public static func unknownCommandError(_ name: String) -> String { name }
    public func info(sections: [String]) -> [String] { [] }
}
