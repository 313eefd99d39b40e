import NIOCore

/// Writes one object, member by member.
struct JSONObjectWriter {
    private var buffer: ByteBuffer
    private var isEmpty = true

    /// - Parameter buffer: an empty one, with room for the object.
    init(into buffer: consuming ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
        self.buffer.writeInteger(UInt8(ascii: "{"))
    }

    /// An object of what `body` writes.
    static func object(_ body: (inout JSONObjectWriter) -> Void) -> ByteBuffer {
        var writer = JSONObjectWriter()
        body(&writer)
        return writer.end()
    }

    /// The whole object.
    consuming func end() -> ByteBuffer {
        buffer.writeInteger(UInt8(ascii: "}"))
        return buffer
    }

    private mutating func name(_ name: String) {
        if !isEmpty { buffer.writeInteger(UInt8(ascii: ",")) }
        isEmpty = false
        buffer.writeJSONString(name)
        buffer.writeInteger(UInt8(ascii: ":"))
    }

    mutating func member(_ name: String, _ value: String) {
        self.name(name)
        buffer.writeJSONString(value)
    }

    mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        buffer.writeStaticString(value ? "true" : "false")
    }

    mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        buffer.writeString("\(value)")
    }

    /// A number, with up to six digits behind the point; at least one, so that readers take it for no integer.
    mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        let rounded = (value * 1e6).rounded() / 1e6
        buffer.writeString(rounded.isFinite ? "\(rounded)" : "0.0")
    }

    /// A member that `write` writes.
    mutating func member(_ name: String, write: (inout ByteBuffer) -> Void) {
        self.name(name)
        write(&buffer)
    }

    /// A member that is an object.
    mutating func object(_ name: String, _ body: (inout JSONObjectWriter) -> Void) {
        self.name(name)
        buffer.writeInteger(UInt8(ascii: "{"))
        isEmpty = true
        body(&self)
        buffer.writeInteger(UInt8(ascii: "}"))
        isEmpty = false
    }
}
