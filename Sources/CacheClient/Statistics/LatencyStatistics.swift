/// How long commands took, by where they were answered.
public struct LatencyStatistics: Decodable, Sendable {
    /// From memory.
    public let cached: Distribution
    /// By Redis.
    public let uncached: Distribution

    /// How durations are spread, in milliseconds.
    public struct Distribution: Decodable, Sendable {
        /// How many there are.
        public let count: Int
        /// Their average.
        public let mean: Double
        /// Half of them don't exceed this.
        public let p50: Double
        /// 90 % of them don't exceed this.
        public let p90: Double
        /// 99 % of them don't exceed this.
        public let p99: Double
        /// 99.9 % of them don't exceed this.
        public let p999: Double
        /// The longest.
        public let max: Double
    }
}
