import NIOCore

/// A key as REST clients call it, and as Redis knows it.
struct KeyName {
    /// What clients call it.
    let name: [UInt8]
    /// What it is in Redis.
    let key: [UInt8]

    /// - Parameter prefix: what all keys of REST clients begin with.
    init(_ name: [UInt8], prefix: [UInt8]) {
        self.name = name
        key = prefix.isEmpty ? name : prefix + name
    }

    /// The name as text, for names that came as text.
    var text: String { String(decoding: name, as: UTF8.self) }

    /// Writes the member of a response that names the key.
    func write(to object: inout JSONObjectWriter) {
        var isEncoded = false
        object.member("key") { buffer in
            isEncoded = name.withUnsafeBytes { buffer.writeStoredString($0) }
        }
        if isEncoded { object.member("key_encoding", "base64") }
    }
}
