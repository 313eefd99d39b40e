import CommandDispatch
import NIOCore

/// `DELETE /api/cache/key/K`
final class DeleteExchange: Exchange {
    private let name: KeyName

    init(_ name: KeyName) { self.name = name }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.add(2) { command in
            command.add("DEL")
            command.add(name.key)
        }
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        return .object { object in
            name.write(to: &object)
            object.member("invalidated", true)
        }
    }
}
