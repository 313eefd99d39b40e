import NIOCore

/// Reads options as what they are; errors name the place where the option was written.
struct OptionReader {
    private let sources: ConfigurationSources

    init(_ sources: ConfigurationSources) { self.sources = sources }

    /// An option as it stands.
    func text(_ name: String) -> String? { sources.values[name]?.text }

    /// Where an option is written.
    func origin(_ name: String) -> String? { sources.values[name]?.origin }

    /// Whether an option is left to what the machine has.
    func isAuto(_ name: String) -> Bool { text(name)?.lowercased() == "auto" }

    /// The password that Redis clients must give; one without characters is none.
    var password: String? { text("requirepass").flatMap { $0.isEmpty ? nil : $0 } }

    /// An option that `parse` understands.
    func value<Value, Failure: Error>(
        _ name: String,
        _ parse: (String) throws(Failure) -> Value
    ) throws -> Value? {
        guard let value = sources.values[name] else { return nil }
        do {
            return try parse(value.text)
        } catch {
            throw ConfigurationError("\(value.origin) '\(Self.withoutPassword(value.text))': \(error)")
        }
    }

    /// A whole number.
    func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        try value(name) { text in
            guard let number = Int(text), range.contains(number) else {
                throw ConfigurationError("it must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }

    /// Yes or no.
    func flag(_ name: String) throws -> Bool? {
        try value(name) { text in
            switch text.lowercased() {
            case "yes", "true", "on", "1": true
            case "no", "false", "off", "0": false
            default: throw ConfigurationError("it must be yes or no")
            }
        }
    }

    /// An address to listen on, or a name that stands for one.
    func address(_ name: String) throws -> String? {
        try value(name) { text in
            guard !text.isEmpty else { throw ConfigurationError("it must be an address or a name") }
            return text
        }
    }

    /// A time.
    func duration(_ name: String) throws -> TimeAmount? { try value(name, TimeAmount.init(text:)) }

    /// A URL's password is nobody's business but its owner's, also where it has no place in a URL.
    private static func withoutPassword(_ text: String) -> String {
        var text = text[...]
        if let at = text.lastIndex(of: "@") {
            let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
            text = scheme + "***" + text[at...]
        }
        return String(text.firstIndex(of: "?").map { text[...$0] + "***" } ?? text)
    }
}
