import NIOCore

extension TimeAmount {
    /// A time: `500ms`, `10s`, `5m`, `1h`, or a number of seconds.
    init(text: String) throws(ConfigurationError) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int64] = ["ms": 1, "s": 1000, "": 1000, "m": 60_000, "h": 3_600_000]
        guard !digits.isEmpty, let unit = units[text.dropFirst(digits.count).lowercased()] else {
            throw ConfigurationError("it must be a time such as 500ms, 10s, 5m or 1h")
        }
        guard let number = Int64(digits), number <= Self.mostMilliseconds / unit else {
            throw ConfigurationError("it is too long")
        }
        self = .milliseconds(number * unit)
    }

    /// Some 30 years, which can be added to any clock.
    private static let mostMilliseconds: Int64 = 1_000_000_000_000
}
