import TestSupport

/// Numbers of keys as commands name them: key n comes in proportion to 1 / (n + 1), Zipf's law.
struct ZipfStream {
    private var random: SplitMix64
    private var cumulative: [Double] = []

    init(keys: Int, seed: UInt64) {
        random = SplitMix64(seed: seed)
        var sum = 0.0
        for rank in 1...keys {
            sum += 1 / Double(rank)
            cumulative.append(sum)
        }
    }

    mutating func next() -> Int {
        let point = Double.random(in: 0..<cumulative[cumulative.count - 1], using: &random)
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
