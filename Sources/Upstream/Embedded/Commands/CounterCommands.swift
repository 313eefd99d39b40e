import NIOCore
import RESP

/// Commands that count, in strings and in fields of hashes.
enum CounterCommands {
    static func incr(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try add(1, keyspace, call, &reply)
    }

    static func decr(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try add(-1, keyspace, call, &reply)
    }

    static func incrby(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try add(try call.integer(2), keyspace, call, &reply)
    }

    static func decrby(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let amount = try call.integer(2)
        guard amount != .min else { throw .decrementOverflow }
        try add(-amount, keyspace, call, &reply)
    }

    private static func add(
        _ amount: Int,
        _ keyspace: Keyspace,
        _ call: Call,
        _ reply: inout ByteBuffer
    ) throws(CommandError) {
        var old = 0
        if let entry = try keyspace.stringForWriting(call.key, call.db) {
            guard let number = Decimal.parse(entry.value) else { throw .notAnInteger }
            old = number
        }
        let (new, overflow) = old.addingReportingOverflow(amount)
        guard !overflow else { throw .overflow }
        DecimalText.withBytes(of: new) { keyspace.setString(call.key, $0, call.db, expiry: nil) }
        reply.writeIntegerReply(new)
    }

    static func incrbyfloat(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try keyspace.makeRoom(LongDecimal.mostBytes + call.key.count)
        var old: LongDouble = 0
        if let entry = try keyspace.stringForWriting(call.key, call.db) {
            guard let number = LongDecimal.parse(entry.value) else { throw .notAFloat }
            old = number
        }
        guard let amount = LongDecimal.parse(call[2]) else { throw .notAFloat }
        let new = old + amount
        guard new.isFinite else { throw .notFinite }
        let text = LongDecimal.text(of: new)
        text.withUnsafeBytes { bytes in
            keyspace.setString(call.key, bytes, call.db, expiry: nil)
            reply.writeBulkString(bytes)
        }
    }

    static func hincrby(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let amount = try call.integer(3)
        try keyspace.makeRoomForFields(of: call)
        var old = 0
        if let value = try keyspace.hashForWriting(call.key, call.db)?.value(of: call[2]) {
            guard let number = Decimal.parse(value) else { throw .hashValueNotAnInteger }
            old = number
        }
        let (new, overflow) = old.addingReportingOverflow(amount)
        guard !overflow else { throw .overflow }
        DecimalText.withBytes(of: new) { _ = keyspace.setField(call[2], to: $0, of: call.key, call.db) }
        reply.writeIntegerReply(new)
    }

    static func hincrbyfloat(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let amount = LongDecimal.parse(call[3]) else { throw .notAFloat }
        guard amount.isFinite else { throw .notFiniteArgument }
        try keyspace.makeRoomForFields(of: call, result: LongDecimal.mostBytes)
        var old: LongDouble = 0
        if let value = try keyspace.hashForWriting(call.key, call.db)?.value(of: call[2]) {
            guard let number = LongDecimal.parse(value) else { throw .hashValueNotAFloat }
            old = number
        }
        let new = old + amount
        guard new.isFinite else { throw .notFinite }
        let text = LongDecimal.text(of: new)
        text.withUnsafeBytes { bytes in
            _ = keyspace.setField(call[2], to: bytes, of: call.key, call.db)
            reply.writeBulkString(bytes)
        }
    }
}

/// A whole number's digits.
private enum DecimalText {
    static func withBytes(of number: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { buffer in
            let length = Decimal.write(number, to: buffer.baseAddress.unsafelyUnwrapped)
            body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<length]))
        }
    }
}
