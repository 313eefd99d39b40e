/// What Redis's INFO says, by field.
struct RedisInfo {
    private var fields: [Substring: Substring] = [:]

    init(_ text: UnsafeRawBufferPointer) {
        for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
        }
    }

    /// Writes the fields that the API shows, in its order.
    func write(to object: inout JSONObjectWriter) {
        integer("used_memory", &object)
        integer("used_memory_peak", &object)
        object.member("used_memory_human", fields["used_memory_human"].map(String.init) ?? "")
        object.member("mem_fragmentation_ratio", fields["mem_fragmentation_ratio"].flatMap { Double($0) } ?? 0)
        integer("connected_clients", &object)
        integer("keyspace_hits", &object)
        integer("keyspace_misses", &object)
        integer("total_commands_processed", &object)
    }

    private func integer(_ name: String, _ object: inout JSONObjectWriter) {
        object.member(name, fields[name[...]].flatMap { Int($0) } ?? 0)
    }
}
