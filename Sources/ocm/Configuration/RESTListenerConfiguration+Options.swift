import FoundationEssentials
import RESTListener

extension RESTListenerConfiguration {
    /// Reads the options that are about HTTP clients; nil if there is to be no listener for them.
    init?(_ reader: OptionReader) throws {
        self.init()
        if let port = try reader.number("port", 0...65535) { self.port = port }
        guard port > 0 else { return nil }
        // Who needs a password as a Redis client isn't to be let in here without.
        token = try Self.token("rest-token", reader) ?? reader.password.map { Array($0.utf8) }
        readToken = try Self.token("rest-read-token", reader)
        guard token != nil || readToken == nil else {
            throw ConfigurationError("--rest-read-token needs a --rest-token for those who may write")
        }
        guard token == nil || token != readToken else {
            throw ConfigurationError("--rest-read-token must be another than --rest-token: whoever had it could write")
        }
        let shared = try reader.address("host") ?? host
        host = try reader.address("rest-host") ?? (token == nil ? host : shared)
        if let policy = try reader.value("cors-origin", Self.crossOriginPolicy) { crossOrigin = policy }
        keyPrefix = reader.text("rest-key-prefix").map { Array($0.utf8) } ?? []
        if let size = try reader.value("max-body-size", ByteSize.init) { largestBody = size.bytes }
    }

    /// Browsers write an origin in one way, and one that is written otherwise would never be met.
    private static func crossOriginPolicy(_ text: String) throws(ConfigurationError) -> CrossOriginPolicy {
        let names = text.split(separator: ",").map { String($0.trimmed) }
        for name in names where name != "*" && name != "null" {
            let host = name.firstRange(of: "://").map { name[$0.upperBound...] } ?? ""
            guard !host.isEmpty, !host.contains(where: { "/?#@".contains($0) }), name == name.lowercased() else {
                throw ConfigurationError(
                    "an origin is written like https://app.example or http://localhost:3000, with no capitals and no path"
                )
            }
        }
        return names.contains("*") ? .any : .origins(Set(names))
    }

    /// A token that is given as it is, or in a file.
    private static func token(_ name: String, _ reader: OptionReader) throws -> [UInt8]? {
        let file = "\(name)-file"
        if let text = reader.text(name), !text.isEmpty, let origin = reader.origin(name) {
            if let other = reader.origin(file) {
                throw ConfigurationError("\(origin) and \(other) are both given: give the token once")
            }
            guard isSendable(text) else { throw ConfigurationError("\(origin): \(unsendable)") }
            return Array(text.utf8)
        }
        return try reader.value(file) { path in
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw ConfigurationError("the file can't be read")
            }
            let token = text.trimmed
            guard !token.isEmpty else { throw ConfigurationError("the file is empty") }
            guard isSendable(token) else { throw ConfigurationError(unsendable) }
            return Array(token.utf8)
        }
    }

    /// Whether a client can send it: a header is one line.
    private static func isSendable(_ token: some StringProtocol) -> Bool {
        !token.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    private static let unsendable =
        "a token is one line, with no control characters in it: no client could send this one"
}

extension StringProtocol where SubSequence == Substring {
    /// Without the white space at both ends.
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? start
    }
}
