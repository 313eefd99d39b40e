/// A fixed number of counters in a row, for one event loop to change and anybody to read.
struct CounterArray: ~Copyable, @unchecked Sendable {
    /// How many counters.
    let count: Int
    private let counters: UnsafeMutablePointer<Counter>

    /// `count` counters at zero. They share no cache line with anything else, another loop's counters for instance.
    init(count: Int) {
        precondition(count >= 0, "a number of counters can't be negative")
        let line = 64
        let size = count * MemoryLayout<Counter>.stride
        self.count = count
        counters = UnsafeMutableRawPointer.allocate(byteCount: (size + line - 1) & -line, alignment: line)
            .bindMemory(to: Counter.self, capacity: count)
        for index in 0..<count { (counters + index).initialize(to: Counter()) }
    }

    deinit {
        counters.deinitialize(count: count)
        UnsafeMutableRawPointer(counters).deallocate()
    }

    @inline(__always)
    func add(_ amount: Int, at index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such counter")
        counters[index].add(amount)
    }

    /// What the counters are at now. Those changed meanwhile may be from before or after the change.
    var current: [Int] { (0..<count).map { counters[$0].current } }
}
