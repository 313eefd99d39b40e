/// Finds the keys that come most often in a stream of them, in 70 KB.
///
/// This is HeavyGuardian (Yang et al., KDD 2018). A key's hash chooses a bucket of eight. A key that is there is
/// counted. One that isn't works against the weakest of the eight: with a probability of 1.08^-count that one loses a
/// point, and at none the newcomer has its place. So a key that comes often is safe from any number of keys that come
/// once, and its count is nearly exact, because it's never the weakest for long. Keys that come once only ever displace
/// each other.
///
/// Space-Saving, the better known algorithm, hands a newcomer the count of the key that it displaces. That is an upper
/// bound for everybody, but under a long tail it makes the strangers look hot. HeavyKeeper needs a list of the keys
/// beside its sketch.
struct HotKeyTable {
    /// How many bytes of a key are kept.
    static let keyCapacity = 256
    private static let bucketCount = 32
    private static let bucketSize = 8

    /// How many keys came, halved whenever the counts are.
    private(set) var total = 0
    private var places = [HotKey](repeating: HotKey(), count: bucketCount * bucketSize)
    private var bytes = [UInt8](repeating: 0, count: bucketCount * bucketSize * keyCapacity)
    private var random: UInt64

    /// 1.08^-count as a fraction of 2^64; from a count of 255 on it's the last, 3 in a billion.
    private static let lossProbabilities: [UInt64] = {
        var probability = 0x1p64
        var table: [UInt64] = [.max]
        while table.count < 256 {
            probability /= 1.08
            table.append(UInt64(probability))
        }
        return table
    }()

    /// An empty table whose chances follow from `seed`.
    init(seed: UInt64) { random = seed }

    /// A random number: wyrand.
    mutating func nextRandom() -> UInt64 {
        random &+= 0xA076_1D64_78BD_642F
        let product = random.multipliedFullWidth(by: random ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }

    /// Counts a key.
    mutating func record(_ key: UnsafeRawBufferPointer, hash: UInt64) {
        total += 1
        let first = Int(truncatingIfNeeded: hash % UInt64(Self.bucketCount)) * Self.bucketSize
        var weakest = first
        for place in first..<first + Self.bucketSize {
            if places[place].hash == hash, places[place].count > 0 {
                places[place].count += 1
                return
            }
            if places[place].count < places[weakest].count { weakest = place }
        }
        let count = places[weakest].count
        if count > 0 {
            guard nextRandom() < Self.lossProbabilities[min(count, Self.lossProbabilities.count - 1)] else { return }
            places[weakest].count = count - 1
        }
        if count <= 1 { put(key, hash, in: weakest) }
    }

    private mutating func put(_ key: UnsafeRawBufferPointer, _ hash: UInt64, in place: Int) {
        places[place] = HotKey(hash: hash, count: 1, length: key.count)
        bytes.withUnsafeMutableBytes {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: $0[place * Self.keyCapacity..<(place + 1) * Self.keyCapacity]
            )
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: key.prefix(Self.keyCapacity)))
        }
    }

    /// Halves all counts. Keys that came once are forgotten.
    mutating func halve() {
        total /= 2
        for place in places.indices { places[place].count /= 2 }
    }

    /// Calls `body` with each key that is there and as many of its bytes as are kept.
    func visit(_ body: (HotKey, ArraySlice<UInt8>) -> Void) {
        for (place, key) in places.enumerated() where key.count > 0 {
            let start = place * Self.keyCapacity
            body(key, bytes[start..<start + min(key.length, Self.keyCapacity)])
        }
    }
}
