/// A number of bytes as Redis's configuration writes it: `100mb`, `1gb`, `64kb`; `k`, `m` and `g` are powers of 1000.
struct ByteSize {
    let bytes: Int

    init(_ text: String) throws {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20, "g": 1_000_000_000, "gb": 1 << 30,
        ]
        guard digits.contains(where: { $0 != "0" }), let unit = units[text.dropFirst(digits.count).lowercased()] else {
            throw ConfigurationError(
                "it must be a size such as 64kb, 100mb or 1gb: a whole number and kb, mb or gb (powers of 1024), or k, m or g "
                    + "(of 1000)"
            )
        }
        guard let number = Int(digits), case let (bytes, overflow) = number.multipliedReportingOverflow(by: unit),
            !overflow
        else { throw ConfigurationError("it is too large") }
        self.bytes = bytes
    }
}
