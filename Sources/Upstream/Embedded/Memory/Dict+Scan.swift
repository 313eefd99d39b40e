/// Going through a dict: all at once, bit by bit, or at random.
extension Dict {
    /// Shows the elements of one or more buckets, from `cursor` on; returns where to go on, 0 at the end.
    ///
    /// The cursor is a bucket's index whose bits are counted up from the highest one. A bucket of a small table is
    /// split, in a larger one, into those buckets whose index ends in the same bits, and those follow each other in
    /// this order. So when the size changes between two calls the cursor still divides what was seen from what was not;
    /// going to a smaller table some elements may be seen again. While two tables exist, a bucket of the smaller one is
    /// shown together with all buckets of the larger one that it corresponds to.
    func scan(_ cursor: UInt64, _ body: (Slot) -> Void) -> UInt64 {
        guard count > 0 else { return 0 }
        guard isRehashing else {
            visit(chain: active[cursor], body)
            return Self.next(cursor, UInt64(active.mask))
        }
        let (small, large) = active.mask < target.mask ? (active, target) : (target, active)
        let smallMask = UInt64(small.mask)
        let largeMask = UInt64(large.mask)
        var cursor = cursor
        visit(chain: small[cursor], body)
        repeat {
            visit(chain: large[cursor], body)
            cursor = Self.next(cursor, largeMask)
        } while cursor & (smallMask ^ largeMask) != 0
        return cursor
    }

    /// Shows every element.
    func visit(_ body: (Slot) -> Void) {
        for index in 0..<active.count { visit(chain: active[UInt64(index)], body) }
        for index in 0..<target.count { visit(chain: target[UInt64(index)], body) }
    }

    /// Shows the elements of a chain chosen at random, if there are any in it.
    func sample(using generator: inout RandomSource, _ body: (Slot) -> Void) {
        guard count > 0 else { return }
        let moved = max(rehashIndex, 0)
        let index = moved + generator.next(below: active.count + target.count - moved)
        let head = index < active.count ? active[UInt64(index)] : target[UInt64(index - active.count)]
        visit(chain: head, body)
    }

    /// An element chosen at random: every chain is as likely as every other one, and so within a chain.
    func randomElement(using generator: inout RandomSource) -> Slot? {
        guard count > 0 else { return nil }
        var chosen: Slot?
        while chosen == nil {
            var seen = 0
            var probe = generator
            sample(using: &generator) { slot in
                seen += 1
                if probe.next(below: seen) == 0 { chosen = slot }
            }
        }
        return chosen
    }

    @inline(__always)
    private func visit(chain head: Bucket, _ body: (Slot) -> Void) {
        var bucket: Bucket? = head
        while let current = bucket {
            var taken = current.taken
            while taken != 0 {
                body(Slot(bucket: current, place: taken.trailingZeroBitCount))
                taken &= taken &- 1
            }
            bucket = current.next
        }
    }

    private static func next(_ cursor: UInt64, _ mask: UInt64) -> UInt64 {
        ((cursor | ~mask).bitsReversed &+ 1).bitsReversed
    }
}

extension UInt64 {
    /// The bits in opposite order.
    fileprivate var bitsReversed: UInt64 {
        var bits = byteSwapped
        bits = (bits >> 4 & 0x0F0F_0F0F_0F0F_0F0F) | (bits & 0x0F0F_0F0F_0F0F_0F0F) << 4
        bits = (bits >> 2 & 0x3333_3333_3333_3333) | (bits & 0x3333_3333_3333_3333) << 2
        return (bits >> 1 & 0x5555_5555_5555_5555) | (bits & 0x5555_5555_5555_5555) << 1
    }
}
