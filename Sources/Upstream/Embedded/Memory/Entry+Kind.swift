extension Entry {
    /// What a value is.
    enum Kind: UInt8 {
        /// A string.
        case string
        /// A small hash.
        case packedHash
        /// A large hash.
        case tableHash

        /// The type's name, as `TYPE` has it.
        var typeName: StaticString { self == .string ? "string" : "hash" }
    }
}
