import NIOCore
import RESP

/// Commands on strings.
enum StringCommands {
    /// The longest string (`proto-max-bulk-len`).
    static let longest = 512 << 20

    static func get(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let value = try keyspace.string(call.key, call.db) else { return reply.writeNull(call.version) }
        reply.writeBulkString(value)
    }

    static func set(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        // No option, nothing to look at.
        if call.count == 3 {
            keyspace.setString(call.key, call[2], call.db)
            return reply.writeOK()
        }
        let options = try SetOptions(call, keyspace.now)
        let old = options.returnsOld ? try keyspace.string(call.key, call.db) : nil
        if options.returnsOld { old.map { reply.writeBulkString($0) } ?? reply.writeNull(call.version) }
        let exists = keyspace.contains(call.key, call.db)
        guard options.condition == nil || (options.condition == .ifPresent) == exists else {
            if !options.returnsOld { reply.writeNull(call.version) }
            return
        }
        keyspace.setString(call.key, call[2], call.db, expiry: options.keepsExpiry ? nil : options.expiry)
        if !options.returnsOld { reply.writeOK() }
    }

    static func setnx(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard !keyspace.contains(call.key, call.db) else { return reply.writeIntegerReply(0) }
        keyspace.setString(call.key, call[2], call.db)
        reply.writeIntegerReply(1)
    }

    static func setex(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try setExpiring(keyspace, call, &reply, unit: .seconds)
    }

    static func psetex(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try setExpiring(keyspace, call, &reply, unit: .milliseconds)
    }

    private static func setExpiring(
        _ keyspace: Keyspace,
        _ call: Call,
        _ reply: inout ByteBuffer,
        unit: ExpireTime.Unit
    ) throws(CommandError) {
        let time = ExpireTime(unit: unit, isAbsolute: false)
        let expiry = try time.deadline(try call.integer(2), keyspace.now, of: call, mustBePositive: true)
        keyspace.setString(call.key, call[3], call.db, expiry: expiry)
        reply.writeOK()
    }

    static func getset(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let old = try keyspace.string(call.key, call.db)
        old.map { reply.writeBulkString($0) } ?? reply.writeNull(call.version)
        keyspace.setString(call.key, call[2], call.db)
    }

    static func getdel(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let value = try keyspace.string(call.key, call.db) else { return reply.writeNull(call.version) }
        reply.writeBulkString(value)
        keyspace.delete(call.key, call.db)
    }

    static func getex(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let options = try GetExOptions(call, keyspace.now)
        guard let value = try keyspace.string(call.key, call.db) else { return reply.writeNull(call.version) }
        reply.writeBulkString(value)
        guard let expiry = options.expiry else { return }
        if expiry <= keyspace.now {
            keyspace.delete(call.key, call.db)
        } else if let slot = keyspace.lookupWrite(call.key, call.db) {
            keyspace.setExpiry(expiry, slot, call.db)
        }
    }

    static func mget(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeArrayHeader(call.count - 1)
        for index in 1..<call.count {
            try reply.checkRoomInReply()
            if let entry = keyspace.lookupRead(call[index], call.db), entry.kind == .string {
                reply.writeBulkString(entry.value)
            } else {
                reply.writeNull(call.version)
            }
        }
    }

    static func mset(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try setAll(keyspace, call)
        reply.writeOK()
    }

    static func msetnx(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard call.count % 2 == 1 else { throw .wrongArity(call.name) }
        for index in stride(from: 1, to: call.count, by: 2) where keyspace.contains(call[index], call.db) {
            return reply.writeIntegerReply(0)
        }
        try setAll(keyspace, call)
        reply.writeIntegerReply(1)
    }

    private static func setAll(_ keyspace: Keyspace, _ call: Call) throws(CommandError) {
        guard call.count % 2 == 1 else { throw .wrongArity(call.name) }
        for index in stride(from: 1, to: call.count, by: 2) {
            keyspace.setString(call[index], call[index + 1], call.db)
        }
    }

    static func strlen(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(try keyspace.string(call.key, call.db)?.count ?? 0)
    }

    static func append(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let old = try keyspace.stringForWriting(call.key, call.db)
        let new = (old?.valueLength ?? 0) + call[2].count
        guard new <= longest else { throw .tooLong }
        try keyspace.makeRoomToGrow(old, call.key, to: new, spare: true)
        guard let slot = keyspace.lookupWrite(call.key, call.db) else {
            keyspace.setString(call.key, call[2], call.db)
            return reply.writeIntegerReply(call[2].count)
        }
        let start = slot.element.valueLength
        let entry = keyspace.resizeValue(slot, to: start + call[2].count, spare: true)
        if let bytes = call[2].baseAddress {
            (entry.valueStart + start).copyMemory(from: bytes, byteCount: call[2].count)
        }
        reply.writeIntegerReply(entry.valueLength)
    }

    static func setrange(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let offset = try call.integer(2)
        let bytes = call[3]
        guard offset >= 0 else { throw .offsetOutOfRange }
        let old = try keyspace.stringForWriting(call.key, call.db)
        let length = old?.valueLength ?? 0
        guard bytes.count > 0 else { return reply.writeIntegerReply(length) }
        guard offset <= longest, offset + bytes.count <= longest else { throw .tooLong }
        let new = max(length, offset + bytes.count)
        try keyspace.makeRoomToGrow(old, call.key, to: new, spare: false)
        if keyspace.lookupWrite(call.key, call.db) == nil {
            keyspace.setString(call.key, UnsafeRawBufferPointer(start: nil, count: 0), call.db)
        }
        guard let slot = keyspace.lookupWrite(call.key, call.db) else { throw .outOfMemory }
        let entry = keyspace.resizeValue(slot, to: new)
        if offset > length {
            (entry.valueStart + length).initializeMemory(as: UInt8.self, repeating: 0, count: offset - length)
        }
        if let source = bytes.baseAddress {
            (entry.valueStart + offset).copyMemory(from: source, byteCount: bytes.count)
        }
        reply.writeIntegerReply(entry.valueLength)
    }

    static func getrange(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var start = try call.integer(2)
        var end = try call.integer(3)
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let value = try keyspace.string(call.key, call.db) else { return reply.writeBulkString(empty) }
        if start < 0, end < 0, start > end { return reply.writeBulkString(empty) }
        if start < 0 { start = max(0, value.count + start) }
        if end < 0 { end = max(0, value.count + end) }
        end = min(end, value.count - 1)
        guard start <= end, value.count > 0 else { return reply.writeBulkString(empty) }
        reply.writeBulkString(UnsafeRawBufferPointer(rebasing: value[start...end]))
    }
}
