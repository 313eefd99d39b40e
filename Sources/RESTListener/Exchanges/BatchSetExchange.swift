import CommandDispatch
import NIOCore
import NIOHTTP1

/// `POST /api/cache/batch-set`: as many SETs, sent together.
final class BatchSetExchange: Exchange {
    private let items: [(name: KeyName, value: ByteBuffer)]
    private let timeToLive: Int?
    private var errors: [HTTPError?] = []

    /// - Parameter timeToLive: in milliseconds; nil for none.
    init(_ items: [(name: KeyName, value: ByteBuffer)], timeToLive: Int?) {
        self.items = items
        self.timeToLive = timeToLive
        errors.reserveCapacity(items.count)
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        for item in items { commands.addSet(item.name.key, item.value, timeToLive: timeToLive) }
        return items.isEmpty ? makeResponse() : nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        errors.append(Self.error(reply))
        return errors.count == items.count ? makeResponse() : nil
    }

    private func makeResponse() -> Response {
        if let error = errors.first, let error, error.status == .serviceUnavailable, errors.allSatisfy({ $0 != nil }) {
            return Response(error)
        }
        let outcomes = zip(items, errors)
        return .object { object in
            object.object("results") { results in
                for (item, error) in outcomes { results.member(item.name.text, error == nil) }
            }
            if errors.contains(where: { $0 != nil }) {
                object.object("errors") { object in
                    for (item, error) in outcomes { if let error { object.member(item.name.text, error.message) } }
                }
            }
        }
    }
}
