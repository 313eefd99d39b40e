extension [UInt8] {
    /// Whether the bytes are the same, in a time that says nothing of where they differ.
    public func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        var difference = UInt8(count == other.count ? 0 : 1)
        for (index, byte) in enumerated() { difference |= byte ^ (index < other.count ? other[index] : 0) }
        return difference == 0
    }
}
