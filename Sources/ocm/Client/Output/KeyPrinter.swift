import CacheClient

/// Writes keys one after the other, as many as may come.
protocol KeyPrinter {
    mutating func append(_ key: CacheKey, to text: inout [UInt8])
    func end(_ text: inout [UInt8])
}
