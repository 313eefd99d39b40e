import CommandDispatch
import NIOCore
import NIOHTTP1
import RESP

/// `POST /api/command`: any command whose reply is one.
final class CommandExchange: Exchange {
    private let arguments: [[UInt8]]
    private let loop: RESTLoop
    private let mayWrite: Bool
    private var outcome = CacheOutcome.bypass

    init(_ arguments: [[UInt8]], mayWrite: Bool, _ loop: RESTLoop) {
        self.arguments = arguments
        self.mayWrite = mayWrite
        self.loop = loop
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.add(arguments.count) { command in
            for argument in arguments { command.add(argument) }
        }
        let refusal: HTTPError? = commands.withNext { command in
            if let reason = loop.dispatcher.refusalWithoutConnection(command) { return HTTPError(.badRequest, reason) }
            guard mayWrite || loop.dispatcher.isForReaders(command) else {
                return HTTPError(.forbidden, "this token is for reading data only, not for \(command.string(0))")
            }
            return nil
        }
        guard let refusal else { return nil }
        commands.removeAll()
        return Response(refusal)
    }

    override func commandTaken(_ outcome: CacheOutcome, _ commands: inout CommandQueue) { self.outcome = outcome }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        var cursor = ReplyCursor(reply)
        var response: Response
        if case .error(let text) = cursor.next() {
            response = Response(HTTPError(reply: String(decoding: text, as: UTF8.self), other: .badRequest))
        } else {
            response = .object { object in
                object.member("result") { buffer in
                    var cursor = ReplyCursor(reply)
                    buffer.writeReply(&cursor)
                }
            }
        }
        response.outcome = outcome
        response.freshness = .never
        return response
    }
}
