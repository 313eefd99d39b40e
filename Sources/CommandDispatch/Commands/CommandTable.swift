import RESP

/// The commands of Redis, by name.
enum CommandTable {
    static let standard = CommandNameTable(redis.map { (name: $0.name, value: $0) })
}
