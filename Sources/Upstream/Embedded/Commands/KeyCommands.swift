import NIOCore
import RESP

/// Commands on keys of any type, and on databases.
enum KeyCommands {
    static func del(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var count = 0
        for index in 1..<call.count where keyspace.delete(call[index], call.db) { count += 1 }
        reply.writeIntegerReply(count)
    }

    static func unlink(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var count = 0
        for index in 1..<call.count {
            guard let slot = keyspace.lookupWrite(call[index], call.db) else { continue }
            keyspace.unlink(slot, call.db)
            count += 1
        }
        reply.writeIntegerReply(count)
    }

    static func exists(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var count = 0
        for index in 1..<call.count where keyspace.lookupUntouched(call[index], call.db) != nil { count += 1 }
        reply.writeIntegerReply(count)
    }

    static func touch(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var count = 0
        for index in 1..<call.count where keyspace.lookupRead(call[index], call.db) != nil { count += 1 }
        reply.writeIntegerReply(count)
    }

    static func type(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeSimpleString(keyspace.lookupUntouched(call.key, call.db)?.kind.typeName ?? "none")
    }

    static func rename(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard keyspace.lookupWrite(call.key, call.db) != nil else { throw .noSuchKey }
        if !call.key.equals(call[2]) {
            keyspace.delete(call[2], call.db)
            keyspace.relocate(call.key, call.db, to: call[2], call.db)
        }
        reply.writeOK()
    }

    static func renamenx(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard keyspace.contains(call.key, call.db) else { throw .noSuchKey }
        guard !keyspace.contains(call[2], call.db) else { return reply.writeIntegerReply(0) }
        keyspace.relocate(call.key, call.db, to: call[2], call.db)
        reply.writeIntegerReply(1)
    }

    static func move(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let number = Decimal.parse(call[2]) else { throw .notAnInteger }
        guard (0..<EmbeddedStore.databases).contains(number) else { throw .dbOutOfRange }
        guard number != call.db else { throw .sameObject }
        guard keyspace.contains(call.key, call.db), !keyspace.contains(call.key, number) else {
            return reply.writeIntegerReply(0)
        }
        keyspace.relocate(call.key, call.db, to: call.key, number)
        reply.writeIntegerReply(1)
    }

    static func copy(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var db = call.db
        var replaces = false
        var index = 3
        while index < call.count {
            if call.argument(index, is: "replace") {
                replaces = true
            } else if call.argument(index, is: "db"), index + 1 < call.count {
                guard let number = Decimal.parse(call[index + 1]) else { throw .notAnInteger }
                guard (0..<EmbeddedStore.databases).contains(number) else { throw .dbOutOfRange }
                db = number
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        guard db != call.db || !call.key.equals(call[2]) else { throw .sameObject }
        guard let size = keyspace.copySize(call.key, call.db) else { return reply.writeIntegerReply(0) }
        guard replaces || !keyspace.contains(call[2], db) else { return reply.writeIntegerReply(0) }
        try keyspace.makeRoom(size + call[2].count)
        keyspace.delete(call[2], db)
        reply.writeIntegerReply(keyspace.copy(call.key, call.db, to: call[2], db) ? 1 : 0)
    }

    static func dbsize(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeIntegerReply(keyspace.databases[call.db].keys.count)
    }

    static func randomkey(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        while let slot = keyspace.databases[call.db].keys.randomElement(using: &keyspace.random) {
            if slot.isMarked, keyspace.removeIfExpired(slot, call.db) { continue }
            return reply.writeBulkString(slot.element.key)
        }
        reply.writeNull(call.version)
    }

    static func flushdb(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try checkFlushOptions(call)
        keyspace.flush(call.db)
        reply.writeOK()
    }

    static func flushall(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        try checkFlushOptions(call)
        for db in 0..<EmbeddedStore.databases { keyspace.flush(db) }
        reply.writeOK()
    }

    private static func checkFlushOptions(_ call: Call) throws(CommandError) {
        guard call.count == 1 || (call.count == 2 && (call.argument(1, is: "async") || call.argument(1, is: "sync")))
        else { throw .syntax }
    }

    static func swapdb(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard let first = Decimal.parse(call[1]) else { throw CommandError(text: "ERR invalid first DB index") }
        guard let second = Decimal.parse(call[2]) else { throw CommandError(text: "ERR invalid second DB index") }
        for db in [first, second] where !(0..<EmbeddedStore.databases).contains(db) { throw .dbOutOfRange }
        keyspace.swap(first, second)
        reply.writeOK()
    }
}
