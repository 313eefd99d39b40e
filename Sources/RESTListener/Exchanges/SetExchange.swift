import CommandDispatch
import NIOCore

/// `POST` and `PUT /api/cache/key/K`
final class SetExchange: Exchange {
    private let name: KeyName
    private let value: ByteBuffer
    private let timeToLive: Int?

    /// - Parameter timeToLive: in milliseconds; nil for none.
    init(_ name: KeyName, _ value: ByteBuffer, timeToLive: Int?) {
        self.name = name
        self.value = value
        self.timeToLive = timeToLive
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.addSet(name.key, value, timeToLive: timeToLive)
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        return .object { object in
            name.write(to: &object)
            object.member("stored", true)
        }
    }
}

extension CommandQueue {
    /// Adds a SET.
    mutating func addSet(_ key: [UInt8], _ value: ByteBuffer, timeToLive: Int?) {
        add(timeToLive == nil ? 3 : 5) { command in
            command.add("SET")
            command.add(key)
            command.add(value)
            guard let timeToLive else { return }
            command.add("PX")
            command.add(timeToLive)
        }
    }
}
