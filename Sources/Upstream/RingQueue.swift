/// A queue over a ring that grows by doubling: no allocation, no shifting and no optional per element.
struct RingQueue<Element>: ~Copyable {
    private var storage: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var head = 0
    /// How many elements wait.
    private(set) var count = 0

    /// An empty queue with room for `capacity` elements, a power of two.
    init(capacity: Int = 8) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the capacity of a ring is a power of two")
        self.capacity = capacity
        storage = .allocate(capacity: capacity)
    }

    deinit {
        for index in 0..<count { (storage + (head + index) & (capacity - 1)).deinitialize(count: 1) }
        storage.deallocate()
    }

    @inline(__always)
    var isEmpty: Bool { count == 0 }

    /// The element that is next to leave; the queue must have one.
    @inline(__always)
    var first: Element {
        _read { yield storage[head] }
        _modify { yield &storage[head] }
    }

    /// The element that came last; the queue must have one.
    @inline(__always)
    var last: Element {
        _read { yield storage[(head + count - 1) & (capacity - 1)] }
        _modify { yield &storage[(head + count - 1) & (capacity - 1)] }
    }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (storage + (head + count) & (capacity - 1)).initialize(to: element)
        count += 1
    }

    @inline(__always)
    mutating func removeFirst() -> Element {
        let element = (storage + head).move()
        head = (head + 1) & (capacity - 1)
        count -= 1
        return element
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        let front = capacity - head
        larger.moveInitialize(from: storage + head, count: front)
        (larger + front).moveInitialize(from: storage, count: head)
        storage.deallocate()
        storage = larger
        head = 0
        capacity *= 2
    }
}
