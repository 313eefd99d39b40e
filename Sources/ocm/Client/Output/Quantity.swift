/// Numbers as people read them.
enum Quantity {
    /// `1,234,567`
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `≈1,234`, of what is only counted now and then.
    static func estimate(_ number: Int) -> String { "≈" + count(number) }

    /// `75.0`, of a fraction from 0 to 1.
    static func percent(_ fraction: Double) -> String { decimal(fraction * 100, digits: 1) }

    /// `21.3` and `MiB`
    static func bytes(_ number: Int) -> (text: String, unit: String) {
        var amount = Double(number)
        var units = ["B", "KiB", "MiB", "GiB", "TiB"][...]
        while amount >= 1024, units.count > 1 {
            amount /= 1024
            units.removeFirst()
        }
        return (units.first == "B" ? count(number) : decimal(amount, digits: 1), units.first ?? "B")
    }

    /// `21.3 MiB`
    static func size(_ number: Int) -> String {
        let (text, unit) = bytes(number)
        return "\(text) \(unit)"
    }

    /// Milliseconds, to the microsecond: `0.512`; of those above a minute, no fraction.
    static func milliseconds(_ number: Double) -> String { decimal(number, digits: number < 1000 ? 3 : 0) }

    /// `3d 4h`, `4h 12m`, `12m 30s`, `30s`
    static func duration(seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let total = Int(min(max(seconds, 0), 1e12))
        let parts = [(total / 86_400, "d"), (total / 3600 % 24, "h"), (total / 60 % 60, "m"), (total % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    /// With so many digits behind the point, and thousands separated.
    static func decimal(_ number: Double, digits: Int) -> String {
        let scale = Int((0..<digits).reduce(1.0) { scale, _ in scale * 10 })
        guard number.isFinite, abs(number) < 1e12 else { return "?" }
        let scaled = Int((number * Double(scale)).rounded())
        let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return sign + count(Int(whole)) }
        return sign + count(Int(whole)) + "." + String(rest + scale.magnitude).dropFirst()
    }
}
