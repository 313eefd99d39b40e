/// A queue over a ring that grows by doubling: no allocation, no shifting and no optional per element.
public struct RingQueue<Element>: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<Element>
    @usableFromInline var capacity: Int
    @usableFromInline var head = 0
    @usableFromInline var waiting = 0

    /// An empty queue with room for `capacity` elements, a power of two.
    @inlinable
    public init(capacity: Int = 8) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the capacity of a ring is a power of two")
        self.capacity = capacity
        storage = .allocate(capacity: capacity)
    }

    @inlinable
    deinit {
        for index in 0..<waiting { (storage + (head + index) & (capacity - 1)).deinitialize(count: 1) }
        storage.deallocate()
    }

    /// How many elements wait.
    @inlinable public var count: Int { waiting }

    /// Gives back the room that it has grown to, if that is for more than `most` elements; the queue must be empty.
    @inlinable
    public mutating func shrink(to most: Int) {
        if capacity > most { self = RingQueue() }
    }

    /// Whether none does.
    @inlinable public var isEmpty: Bool { waiting == 0 }

    /// The element that is next to leave; the queue must have one.
    @inlinable public var first: Element {
        _read { yield storage[head] }
        _modify { yield &storage[head] }
    }

    /// The element that came last; the queue must have one.
    @inlinable public var last: Element {
        _read { yield storage[(head + waiting - 1) & (capacity - 1)] }
        _modify { yield &storage[(head + waiting - 1) & (capacity - 1)] }
    }

    /// The element that is `index` places behind the first; the queue must have it.
    @inlinable public subscript(index: Int) -> Element {
        _read { yield storage[(head + index) & (capacity - 1)] }
        _modify { yield &storage[(head + index) & (capacity - 1)] }
    }

    /// Adds an element behind all others.
    @inlinable
    public mutating func append(_ element: consuming Element) {
        if waiting == capacity { grow() }
        (storage + (head + waiting) & (capacity - 1)).initialize(to: element)
        waiting += 1
    }

    /// Takes the first element; the queue must have one.
    @inlinable
    public mutating func removeFirst() -> Element {
        let element = (storage + head).move()
        head = (head + 1) & (capacity - 1)
        waiting -= 1
        return element
    }

    @inlinable
    @inline(never)
    mutating func grow() {
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
