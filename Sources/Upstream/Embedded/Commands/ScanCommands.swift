import NIOCore
import RESP

/// Commands that go through keys or fields.
enum ScanCommands {
    static func keys(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let pattern = GlobPattern(call[1])
        var found: [UnsafeRawBufferPointer] = []
        let now = keyspace.now
        keyspace.databases[call.db].keys.visit { slot in
            let entry = slot.element
            if entry.expiry > now, pattern.matchesAll || pattern.matches(entry.key) { found.append(entry.key) }
        }
        reply.writeArrayHeader(found.count)
        for key in found {
            try reply.checkRoomInReply()
            reply.writeBulkString(key)
        }
    }

    static func scan(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var cursor = try ScanOptions.cursor(call[1])
        let options = try ScanOptions(call, from: 2, takesType: true)
        var found: [UnsafeRawBufferPointer] = []
        let now = keyspace.now
        var bucketsLeft = options.mostBuckets
        repeat {
            cursor = keyspace.databases[call.db].keys.scan(cursor) { slot in
                let entry = slot.element
                if entry.expiry > now, options.matches(entry.key), options.matches(entry.kind) {
                    found.append(entry.key)
                }
            }
            bucketsLeft -= 1
        } while cursor != 0 && found.count < options.count && bucketsLeft > 0
        write(cursor, found.count, &reply)
        for key in found {
            try reply.checkRoomInReply()
            reply.writeBulkString(key)
        }
    }

    static func hscan(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var cursor = try ScanOptions.cursor(call[2])
        guard let hash = try keyspace.hash(call.key, call.db) else { return write(0, 0, &reply) }
        let options = try ScanOptions(call, from: 3, takesType: false)
        var found: [(field: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)] = []
        var bucketsLeft = options.mostBuckets
        repeat {
            cursor = hash.scan(cursor) { field, value in
                if options.matches(field) { found.append((field, value)) }
            }
            bucketsLeft -= 1
        } while cursor != 0 && found.count < options.count && bucketsLeft > 0
        write(cursor, 2 * found.count, &reply)
        for pair in found {
            try reply.checkRoomInReply()
            reply.writeBulkString(pair.field)
            reply.writeBulkString(pair.value)
        }
    }

    private static func write(_ cursor: UInt64, _ count: Int, _ reply: inout ByteBuffer) {
        reply.writeArrayHeader(2)
        reply.writeBulkString(String(cursor))
        reply.writeArrayHeader(count)
    }
}
