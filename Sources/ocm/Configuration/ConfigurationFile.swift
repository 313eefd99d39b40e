import Foundation
import Yams

/// A file of options: YAML, and so JSON too.
enum ConfigurationFile {
    /// The options in the file at `path`, by name.
    static func read(_ path: String) throws -> [String: String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ConfigurationError("cannot read the file \(path) given with --config")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError("\(path) is neither YAML nor JSON: \(summary(of: error))")
        }
        guard let node else { return [:] }
        guard let mapping = node.mapping else {
            throw ConfigurationError("\(path) must hold options by name, such as 'redis-port: 6380'")
        }
        var options: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = key.string, ServeConfiguration.optionNames.contains(name) else {
                throw ConfigurationError(
                    "\(path): unknown option '\(key.string ?? "?")'; known are "
                        + ServeConfiguration.optionNames.joined(separator: ", ")
                )
            }
            guard let text = value.scalar?.string else {
                throw ConfigurationError("\(path): the option '\(name)' takes one value")
            }
            options[name] = text
        }
        return options
    }

    /// A YAML error fills several lines; the first ones say where and what.
    private static func summary(of error: any Error) -> String {
        "\(error)".split(separator: "\n").prefix(2).joined(separator: " ")
    }
}
