/// What a ``Dict`` holds: a block of memory with a key in it.
protocol DictElement {
    /// The block.
    var block: UnsafeMutableRawPointer { get }

    /// The element whose block this is.
    init(block: UnsafeMutableRawPointer)

    /// The bytes it is found by.
    var key: UnsafeRawBufferPointer { get }
}
