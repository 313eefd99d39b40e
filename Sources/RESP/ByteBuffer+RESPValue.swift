import NIOCore

extension ByteBuffer {
    /// Writes `value` in the version that the client speaks; an attribute is left out in RESP2, which has none.
    public mutating func writeValue(_ value: RESPValue, _ version: RESPVersion) {
        switch value {
        case .simpleString(let text):
            writeStaticString("+")
            writeString(text)
            writeStaticString("\r\n")
        case .error(let text): writeError(text)
        case .integer(let number): writeIntegerReply(number)
        case .bulkString(let bytes): bytes.withUnsafeBytes { writeBulkString($0) }
        case .null: writeNull(version)
        case .double(let number): writeDouble(number, version)
        case .boolean(let flag): writeBoolean(flag, version)
        case .bigNumber(let digits): writeBigNumber(digits, version)
        case .verbatimString(let format, let bytes):
            bytes.withUnsafeBytes { writeVerbatimString($0, format: format, version) }
        case .array(let elements):
            writeArrayHeader(elements.count)
            for element in elements { writeValue(element, version) }
        case .set(let elements):
            writeSetHeader(elements.count, version)
            for element in elements { writeValue(element, version) }
        case .push(let elements):
            writePushHeader(elements.count, version)
            for element in elements { writeValue(element, version) }
        case .map(let pairs):
            writeMapHeader(pairs.count, version)
            writePairs(pairs, version)
        case .attribute(let pairs, let value):
            if version == .resp3 {
                writeHeader(UInt8(ascii: "|"), pairs.count)
                writePairs(pairs, version)
            }
            writeValue(value, version)
        }
    }

    private mutating func writePairs(_ pairs: [(key: RESPValue, value: RESPValue)], _ version: RESPVersion) {
        for pair in pairs {
            writeValue(pair.key, version)
            writeValue(pair.value, version)
        }
    }
}
