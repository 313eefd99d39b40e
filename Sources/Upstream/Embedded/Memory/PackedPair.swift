/// A field and its value in a ``PackedFields``.
struct PackedPair {
    /// Where the pair begins, in bytes from the beginning of the packed fields.
    let offset: Int
    let field: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer

    /// Where the value begins, with its length byte in front.
    var valueOffset: Int { offset + 1 + field.count }
    /// Where the pair ends.
    var end: Int { valueOffset + 1 + value.count }
}
