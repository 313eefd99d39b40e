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
            let variable = "OCM_" + name.uppercased().replacing("-", with: "_")
            // An empty one is what compose makes of ${SOMETHING:-}.
            guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else { continue }
            // Kubernetes tells every container of a Service called `ocm` as OCM_PORT=tcp://10.0.0.1:8000, which is no option.
            if name.hasSuffix("port"), text.hasPrefix("tcp://") { continue }
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

    private mutating func add(_ name: String, _ text: String, from origin: String) {
        if values[name] == nil { values[name] = Value(text: text, origin: origin) }
    }
}
