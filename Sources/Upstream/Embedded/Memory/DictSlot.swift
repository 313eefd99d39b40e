/// Where in a ``Dict`` an element is: valid until the dict is next inserted into or removed from.
struct DictSlot<Element: DictElement> {
    let bucket: Bucket
    let place: Int

    /// The element; may be replaced by one with the same key.
    @inline(__always)
    var element: Element {
        get { Element(block: bucket.block(place)) }
        nonmutating set { bucket.setBlock(newValue.block, place) }
    }

    /// Whether it is marked.
    @inline(__always) var isMarked: Bool { bucket.isMarked(place) }
}
