/// Why something could not be printed.
struct OutputError: Error, CustomStringConvertible {
    let reason: String

    var description: String { "can't write to the standard output: \(reason)" }
}
