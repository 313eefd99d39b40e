/// What stands in the environment as if it were an option, and is none: a variable that is misspelt, or one that
/// Kubernetes has set for a Service called `ocm`.
///
/// That isn't an error, since others may have their own use for a variable; but to go without the option that it was
/// meant for, and say nothing, would be worse.
enum ForeignVariables {
    /// The variables that mean something.
    private static let known =
        (ServeConfiguration.optionNames + ["config"]).map(ConfigurationSources.variable) + ["OCM_URL", "OCM_TOKEN"]

    /// A sentence about each of them, given the whole environment.
    static func warnings(_ environment: [String: String]) -> [String] {
        environment.filter { $0.key.hasPrefix("OCM_") }.sorted { $0.key < $1.key }.compactMap { name, value in
            if ServiceLink.isPort(name, value) {
                return "\(name) isn't read: '\(value)' is what Kubernetes sets for a Service (a service link); "
                    + "enableServiceLinks: false in the pod's spec turns that off"
            }
            guard !known.contains(name), !ServiceLink.isOther(name) else { return nil }
            let nearest = nearest(to: name).map { "; the nearest that is known is \($0)" } ?? ""
            return "\(name) isn't read: there is no such option\(nearest)"
        }
    }

    /// The variable that somebody who wrote `name` may have meant.
    private static func nearest(to name: String) -> String? {
        let distances = known.map { (name: $0, distance: distance($0.utf8.dropFirst(4), name.utf8.dropFirst(4))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance * 2 < name.utf8.count - 4
        else {
            return nil
        }
        return best.name
    }

    /// How many letters have to be changed, added or taken away to make one of the other.
    private static func distance(_ left: some Sequence<UInt8>, _ right: some Collection<UInt8>) -> Int {
        var row = Array(0...right.count)
        for letter in left {
            var diagonal = row[0]
            row[0] += 1
            for (index, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
            }
        }
        return row.last ?? 0
    }
}
