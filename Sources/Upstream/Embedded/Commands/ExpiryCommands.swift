import NIOCore
import RESP

/// Commands on keys' deadlines.
enum ExpiryCommands {
    static func expire(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try expire(keyspace, call, &reply, ExpireTime(unit: .seconds, isAbsolute: false))
    }

    static func pexpire(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try expire(keyspace, call, &reply, ExpireTime(unit: .milliseconds, isAbsolute: false))
    }

    static func expireat(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try expire(keyspace, call, &reply, ExpireTime(unit: .seconds, isAbsolute: true))
    }

    static func pexpireat(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try expire(keyspace, call, &reply, ExpireTime(unit: .milliseconds, isAbsolute: true))
    }

    private static func expire(
        _ keyspace: Keyspace,
        _ call: Call,
        _ reply: inout ByteBuffer,
        _ time: ExpireTime
    ) throws(CommandError) {
        let condition = try ExpireCondition(call)
        let expiry = try time.deadline(try call.integer(2), keyspace.now, of: call, mustBePositive: false)
        guard let slot = keyspace.lookupWrite(call.key, call.db), condition.holds(slot.element.expiry, expiry) else {
            return reply.writeIntegerReply(0)
        }
        if expiry <= keyspace.now {
            keyspace.delete(slot, call.db)
        } else {
            keyspace.setExpiry(expiry, slot, call.db)
        }
        reply.writeIntegerReply(1)
    }

    static func persist(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let slot = keyspace.lookupWrite(call.key, call.db), slot.isMarked else {
            return reply.writeIntegerReply(0)
        }
        keyspace.setExpiry(Entry.never, slot, call.db)
        reply.writeIntegerReply(1)
    }

    static func ttl(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        report(keyspace, call, &reply) { expiry, now in (expiry - now + 500) / 1000 }
    }

    static func pttl(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        report(keyspace, call, &reply) { expiry, now in expiry - now }
    }

    static func expiretime(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        // Rounded as Redis does, which overflows to where an unsigned number goes on.
        report(keyspace, call, &reply) { expiry, _ in Int64((UInt64(bitPattern: expiry) &+ 500) / 1000) }
    }

    static func pexpiretime(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        report(keyspace, call, &reply) { expiry, _ in expiry }
    }

    private static func report(
        _ keyspace: Keyspace,
        _ call: Call,
        _ reply: inout ByteBuffer,
        _ value: (_ expiry: Int64, _ now: Int64) -> Int64
    ) {
        guard let entry = keyspace.lookupUntouched(call.key, call.db) else { return reply.writeIntegerReply(-2) }
        guard entry.expiry != Entry.never else { return reply.writeIntegerReply(-1) }
        reply.writeIntegerReply(max(0, Int(value(entry.expiry, keyspace.now))))
    }
}

/// On what it depends whether an EXPIRE takes effect: NX, XX, GT and LT.
private struct ExpireCondition {
    private var ifNone = false
    private var ifAny = false
    private var ifLater = false
    private var ifEarlier = false

    init(_ call: Call) throws(CommandError) {
        for index in 3..<max(3, call.count) {
            if call.argument(index, is: "nx") {
                ifNone = true
            } else if call.argument(index, is: "xx") {
                ifAny = true
            } else if call.argument(index, is: "gt") {
                ifLater = true
            } else if call.argument(index, is: "lt") {
                ifEarlier = true
            } else {
                throw CommandError(text: "ERR Unsupported option ", quoting: call[index])
            }
        }
        if ifNone, ifAny || ifLater || ifEarlier {
            throw CommandError(text: "ERR NX and XX, GT or LT options at the same time are not compatible")
        }
        if ifLater, ifEarlier {
            throw CommandError(text: "ERR GT and LT options at the same time are not compatible")
        }
    }

    /// Whether a deadline may change from `old` to `new`; no deadline counts as the latest.
    func holds(_ old: Int64, _ new: Int64) -> Bool {
        if ifNone, old != Entry.never { return false }
        if ifAny, old == Entry.never { return false }
        if ifLater, old == Entry.never || new <= old { return false }
        if ifEarlier, old != Entry.never, new >= old { return false }
        return true
    }
}
