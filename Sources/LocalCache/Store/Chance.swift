/// Chance, for decisions that may be as bad as they are cheap: a linear congruential generator (Knuth's MMIX).
struct Chance {
    private var state: UInt64 = 1

    /// A number from 0 up to but without 1.
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }
}
