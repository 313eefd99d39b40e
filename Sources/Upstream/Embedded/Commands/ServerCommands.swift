import NIOCore
import RESP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Commands about the server.
enum ServerCommands {
    static func ping(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        guard call.count <= 2 else { throw .wrongArity("ping") }
        call.count == 1 ? reply.writeSimpleString("PONG") : reply.writeBulkString(call[1])
    }

    static func echo(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        reply.writeBulkString(call[1])
    }

    static func time(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        reply.writeArrayHeader(2)
        reply.writeBulkString(String(now.tv_sec))
        reply.writeBulkString(String(now.tv_nsec / 1000))
    }

    static func config(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        if call.command.subcommand(is: "get") {
            guard call.count > 2 else { throw .wrongArity("config|get") }
            let patterns = (2..<call.count).map { call.command.string($0).lowercased() }
            let found = keyspace.configuration.filter { parameter in
                patterns.contains { pattern in
                    var (name, pattern) = (parameter.name, pattern)
                    return name.withUTF8 { name in
                        pattern.withUTF8 {
                            GlobPattern(UnsafeRawBufferPointer($0)).matches(UnsafeRawBufferPointer(name))
                        }
                    }
                }
            }
            reply.writeMapHeader(found.count, call.version)
            for parameter in found {
                reply.writeBulkString(parameter.name)
                reply.writeBulkString(parameter.value)
            }
        } else if call.command.subcommand(is: "resetstat") {
            guard call.count == 2 else { throw .wrongArity("config|resetstat") }
            keyspace.statistics = KeyspaceStatistics()
            reply.writeOK()
        } else {
            throw CommandError(
                text: "ERR unknown subcommand '\(call.command.string(1))'. "
                    + "The embedded store knows CONFIG GET and CONFIG RESETSTAT."
            )
        }
    }

    static func command(_ keyspace: Keyspace, _ call: Call, _ reply: inout ByteBuffer) throws(CommandError) {
        let table = EmbeddedCommandTable.standard
        let named = (2..<max(2, call.count)).map { index in CommandName(call[index]).flatMap { table[$0] } }
        if call.count == 1 {
            list(table.values, &reply, call.version)
        } else if call.command.subcommand(is: "count") {
            reply.writeIntegerReply(table.values.count)
        } else if call.command.subcommand(is: "info") {
            list(call.count == 2 ? table.values : named, &reply, call.version)
        } else if call.command.subcommand(is: "list") {
            reply.writeArrayHeader(table.values.count)
            for command in table.values { reply.writeBulkString(command.name) }
        } else if call.command.subcommand(is: "docs") {
            // Documentation is Redis's; clients that ask for it take what there is.
            reply.writeMapHeader(0, call.version)
        } else if call.command.subcommand(is: "getkeys"), call.count > 2 {
            try writeKeys(call, named[0], &reply)
        } else {
            throw CommandError(
                text: "ERR unknown subcommand '\(call.command.string(1))'. "
                    + "The embedded store knows COMMAND COUNT, INFO, LIST, DOCS and GETKEYS."
            )
        }
    }

    private static func writeKeys(
        _ call: Call,
        _ command: EmbeddedCommand?,
        _ reply: inout ByteBuffer
    ) throws(CommandError) {
        guard let command else { throw CommandError(text: "ERR Invalid command specified") }
        guard command.firstKey > 0 else { throw CommandError(text: "ERR The command has no key arguments") }
        guard command.accepts(call.count - 2) else {
            throw CommandError(text: "ERR Invalid number of arguments specified for command")
        }
        let keys = command.keyPositions(call.count - 2)
        reply.writeArrayHeader(keys.count)
        for position in keys { reply.writeBulkString(call[position + 2]) }
    }

    private static func list(_ commands: [EmbeddedCommand?], _ reply: inout ByteBuffer, _ version: RESPVersion) {
        reply.writeArrayHeader(commands.count)
        for command in commands {
            guard let command else {
                reply.writeNullArray(version)
                continue
            }
            reply.writeArrayHeader(10)
            reply.writeBulkString(command.name)
            reply.writeIntegerReply(command.arity)
            write(command.flags, &reply, version)
            for number in [command.firstKey, command.lastKey, command.keyStep] { reply.writeIntegerReply(number) }
            write(command.categories, &reply, version)
            // Tips, key specifications, subcommands: nobody needs them where every key stands in a fixed place.
            for _ in 0..<3 { reply.writeArrayHeader(0) }
        }
    }

    private static func write(_ words: [String], _ reply: inout ByteBuffer, _ version: RESPVersion) {
        reply.writeSetHeader(words.count, version)
        for word in words {
            reply.writeStaticString("+")
            reply.writeString(word)
            reply.writeStaticString("\r\n")
        }
    }
}
