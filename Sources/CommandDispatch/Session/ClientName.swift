/// The name that a client gives itself.
enum ClientName {
    /// Whether Redis takes it.
    static func isValid(_ name: UnsafeRawBufferPointer) -> Bool { name.allSatisfy { (33...126).contains($0) } }
}
