extension Entry {
    /// Gives the entry's memory back, its fields' too; returns how many bytes that were.
    func free() -> Int {
        let bytes = cost + releaseValue()
        block.deallocate()
        return bytes
    }

    /// Gives back what the value has outside of the block, because another value is to take its place; returns how
    /// many bytes that were.
    @inline(__always)
    func releaseValue() -> Int {
        guard kind == .tableHash else { return 0 }
        let table = Unmanaged<FieldTable>.fromOpaque(valueStart.loadUnaligned(as: UnsafeRawPointer.self))
        let bytes = table.takeUnretainedValue().bytes
        table.release()
        return bytes
    }
}

extension Entry {
    /// Makes `table` the value. The block must have room for a pointer.
    func adopt(_ table: FieldTable) {
        valueStart.storeBytes(of: UnsafeRawPointer(Unmanaged.passRetained(table).toOpaque()), as: UnsafeRawPointer.self)
        valueLength = MemoryLayout<UnsafeRawPointer>.size
        kind = .tableHash
    }
}
