import CacheClient

/// Keys, each on a line.
struct LineKeyPrinter: KeyPrinter {
    /// Whether whatever a terminal might take for commands is to be made visible.
    let isForTerminal: Bool

    func append(_ key: CacheKey, to text: inout [UInt8]) {
        if isForTerminal {
            text += Array(TerminalText.line(key.bytes).utf8)
        } else {
            text += key.bytes
        }
        text.append(UInt8(ascii: "\n"))
    }

    func end(_ text: inout [UInt8]) {}
}
