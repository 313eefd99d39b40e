#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The options as they were given, by name, from the place that wins for each: the command line, then the environment,
/// then the file.
struct ConfigurationSources {
    /// A value and where it was written, for messages.
    struct Value {
        let text: String
        let origin: String
    }

    private(set) var values: [String: Value] = [:]

    /// Gathers them; `given` is what stands on the command line, by name.
    static func gather(given: [String: String]) throws -> ConfigurationSources {
        var sources = ConfigurationSources()
        for (name, text) in given { sources.values[name] = Value(text: text, origin: "--\(name)") }
        for name in ServeConfiguration.optionNames + ["config"] {
            let variable = variable(name)
            guard let text = getenv(variable).map({ String(cString: $0) }) else { continue }
            // An empty one is what compose makes of ${SOMETHING:-}. But who says that there is a Redis, and not where,
            // isn't to be served from memory as if it were one.
            if text.isEmpty, name != "upstream" { continue }
            if ServiceLink.isPort(variable, text) { continue }
            sources.add(name, text, from: variable)
        }
        if getenv("OCM_NO_CACHE") != nil { throw ConfigurationError("OCM_NO_CACHE: write it as OCM_CACHE=no") }
        if let file = sources.values["config"] {
            for (name, text) in try ConfigurationFile.read(file.text, from: file.origin) {
                sources.add(name, text, from: "\(file.text): \(name)")
            }
        }
        return sources
    }

    /// The variable that sets an option.
    static func variable(_ name: String) -> String { "OCM_" + name.uppercased().replacing("-", with: "_") }

    private mutating func add(_ name: String, _ text: String, from origin: String) {
        if values[name] == nil { values[name] = Value(text: text, origin: origin) }
    }
}
