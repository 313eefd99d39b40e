import FoundationEssentials

/// A file of options: YAML, and so JSON too.
enum ConfigurationFile {
    /// The options in the file at `path`, by name; `origin` is where the path was given.
    static func read(_ path: String, from origin: String) throws -> [String: String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ConfigurationError("cannot read the file \(path) given with \(origin)")
        }
        let mapping: YAMLMapping?
        do {
            mapping = try YAMLMapping(text)
        } catch {
            throw ConfigurationError("\(path) is neither YAML nor JSON: \(error)")
        }
        guard let mapping else {
            throw ConfigurationError("\(path) must hold options by name, such as 'redis-port: 6380'")
        }
        var options: [String: String] = [:]
        for (name, value) in mapping.entries {
            guard let name, ServeConfiguration.optionNames.contains(name) else {
                throw ConfigurationError(
                    "\(path): unknown option '\(name ?? "?")'; known are "
                        + ServeConfiguration.optionNames.joined(separator: ", ")
                )
            }
            guard let value else {
                throw ConfigurationError("\(path): the option '\(name)' takes one value")
            }
            guard options.updateValue(value, forKey: name) == nil else {
                throw ConfigurationError("\(path): the option '\(name)' is given twice")
            }
        }
        return options
    }
}
