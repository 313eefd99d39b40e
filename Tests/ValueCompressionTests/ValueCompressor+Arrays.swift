import ValueCompression

extension ValueCompressor {
    func compress(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBytes { compress($0).map(Array.init) }
    }

    func inflate(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        bytes.withUnsafeBytes { inflate($0, size: size).map(Array.init) }
    }
}
