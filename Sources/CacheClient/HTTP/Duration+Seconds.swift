extension Duration {
    /// The number of seconds as a decimal, to the millisecond: `60`, `0.5`.
    package var inSeconds: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "\(seconds)" }
        let digits = String(1000 + milliseconds.magnitude).dropFirst()
        let sign = seconds == 0 && milliseconds < 0 ? "-" : ""
        return "\(sign)\(seconds)." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }
}
