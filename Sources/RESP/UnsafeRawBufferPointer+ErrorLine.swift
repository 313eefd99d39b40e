extension UnsafeRawBufferPointer {
    /// What a reply that is an error says, without the `-`; nil if it is none.
    public var errorLine: String? {
        guard first == UInt8(ascii: "-") else { return nil }
        return String(decoding: dropFirst().prefix { $0 != 13 }, as: UTF8.self)
    }
}
