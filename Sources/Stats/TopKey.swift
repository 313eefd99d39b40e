/// One of the keys that are asked for most.
public struct TopKey: Sendable, Equatable {
    /// The key's bytes, the first 256 of a longer one.
    public let key: [UInt8]
    /// How many bytes the key really has.
    public let length: Int
    /// About how many commands named it lately.
    public let count: Int
    /// Which part of all keys named lately it was, 0 to 1.
    public let share: Double
}
