import NIOCore
import RESP

/// Commands on hashes.
enum HashCommands {
    static func hset(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(try setFields(keyspace, call))
    }

    static func hmset(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        _ = try setFields(keyspace, call)
        reply.writeOK()
    }

    private static func setFields(_ keyspace: Keyspace, _ call: Call) throws(CommandError) -> Int {
        guard call.count % 2 == 0 else { throw .wrongArity(call.name) }
        try keyspace.makeRoomForFields(of: call)
        _ = try keyspace.hashForWriting(call.key, call.db)
        var added = 0
        for index in stride(from: 2, to: call.count, by: 2)
        where keyspace.setField(call[index], to: call[index + 1], of: call.key, call.db) {
            added += 1
        }
        return added
    }

    static func hsetnx(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try keyspace.makeRoomForFields(of: call)
        if try keyspace.hashForWriting(call.key, call.db)?.value(of: call[2]) != nil {
            return reply.writeIntegerReply(0)
        }
        _ = keyspace.setField(call[2], to: call[3], of: call.key, call.db)
        reply.writeIntegerReply(1)
    }

    static func hget(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let value = try keyspace.hash(call.key, call.db)?.value(of: call[2]) else {
            return reply.writeNull(call.version)
        }
        reply.writeBulkString(value)
    }

    static func hmget(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let hash = try keyspace.hash(call.key, call.db)
        reply.writeArrayHeader(call.count - 2)
        for index in 2..<call.count {
            try reply.checkRoomInReply()
            if let value = hash?.value(of: call[index]) {
                reply.writeBulkString(value)
            } else {
                reply.writeNull(call.version)
            }
        }
    }

    static func hdel(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        _ = try keyspace.hashForWriting(call.key, call.db)
        var removed = 0
        for index in 2..<call.count where keyspace.removeField(call[index], of: call.key, call.db) { removed += 1 }
        reply.writeIntegerReply(removed)
    }

    static func hgetall(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let hash = try keyspace.hash(call.key, call.db) else { return reply.writeMapHeader(0, call.version) }
        reply.writeMapHeader(hash.count, call.version)
        hash.visit { field, value in
            guard reply.hasRoomInReply else { return }
            reply.writeBulkString(field)
            reply.writeBulkString(value)
        }
        try reply.checkRoomInReply()
    }

    static func hkeys(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let hash = try keyspace.hash(call.key, call.db) else { return reply.writeArrayHeader(0) }
        reply.writeArrayHeader(hash.count)
        hash.visit { field, _ in if reply.hasRoomInReply { reply.writeBulkString(field) } }
        try reply.checkRoomInReply()
    }

    static func hvals(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let hash = try keyspace.hash(call.key, call.db) else { return reply.writeArrayHeader(0) }
        reply.writeArrayHeader(hash.count)
        hash.visit { _, value in if reply.hasRoomInReply { reply.writeBulkString(value) } }
        try reply.checkRoomInReply()
    }

    static func hlen(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(try keyspace.hash(call.key, call.db)?.count ?? 0)
    }

    static func hexists(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(try keyspace.hash(call.key, call.db)?.value(of: call[2]) == nil ? 0 : 1)
    }

    static func hstrlen(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(try keyspace.hash(call.key, call.db)?.value(of: call[2])?.count ?? 0)
    }

    static func hrandfield(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        if call.count == 2 {
            guard let hash = try keyspace.hash(call.key, call.db) else { return reply.writeNull(call.version) }
            return reply.writeBulkString(hash.randomField(using: &keyspace.random).field)
        }
        let count = try call.integer(2)
        let withValues = call.count == 4 && call.argument(3, is: "withvalues")
        guard call.count == 3 || withValues else { throw .syntax }
        // Twice the count must still be a number of replies.
        guard count != .min, !withValues || abs(count) <= Int.max / 2 else { throw .outOfRange }
        guard let hash = try keyspace.hash(call.key, call.db), count != 0 else { return reply.writeArrayHeader(0) }
        let nested = withValues && call.version == .resp3
        func write(_ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
            if nested { reply.writeArrayHeader(2) }
            reply.writeBulkString(field)
            if withValues { reply.writeBulkString(value) }
        }
        let number = count < 0 ? -count : min(count, hash.count)
        guard number <= mostRandomFields else { throw .outOfRange }
        reply.writeArrayHeader(withValues && !nested ? 2 * number : number)
        if count < 0 {
            for _ in 0..<number {
                try reply.checkRoomInReply()
                let pair = hash.randomField(using: &keyspace.random)
                write(pair.field, pair.value)
            }
        } else {
            // Selection sampling: each field is as likely as any other, and none comes twice.
            var left = hash.count
            var wanted = number
            hash.visit { field, value in
                if reply.hasRoomInReply, keyspace.random.next(below: left) < wanted {
                    write(field, value)
                    wanted -= 1
                }
                left -= 1
            }
            try reply.checkRoomInReply()
        }
    }

    /// How often a field may be asked for again: Redis would go on until its memory is full.
    private static let mostRandomFields = 10_000_000
}
