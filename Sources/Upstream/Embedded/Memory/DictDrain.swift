/// Takes a dict apart, chain by chain, so that freeing a large one can be spread over time.
struct DictDrain<Element: DictElement> {
    private var dict: Dict<Element>
    private var position = 0

    /// Takes over `dict`, which must not be used any more.
    init(_ dict: Dict<Element>) { self.dict = dict }

    /// Whether everything is free.
    var isFinished: Bool { dict.active.count == 0 }

    /// What the tables still take from memory.
    var bytes: Int { dict.bytes }

    /// Takes the elements of the next chain out, and frees the tables after the last one.
    mutating func step(_ free: (Element) -> Void) {
        let active = dict.active
        let target = dict.target
        if position < active.count + target.count {
            let inTarget = position >= active.count
            let head = inTarget ? target[UInt64(position - active.count)] : active[UInt64(position)]
            position += 1
            clear(head, free)
        }
        if position == active.count + target.count {
            active.deallocate()
            target.deallocate()
            dict = Dict()
        }
    }

    private mutating func clear(_ head: Bucket, _ free: (Element) -> Void) {
        var bucket: Bucket? = head
        while let current = bucket {
            var taken = current.taken
            while taken != 0 {
                free(Element(block: current.block(taken.trailingZeroBitCount)))
                taken &= taken &- 1
            }
            bucket = current.next
            if current != head { dict.free(chained: current) }
        }
    }
}
