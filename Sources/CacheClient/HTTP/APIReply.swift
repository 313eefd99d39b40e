import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An answer of the REST API.
package struct APIReply: Sendable {
    /// Redis's values have at most 512 MiB, which base64 and escapes can make larger.
    static let longestBody = 2 << 30

    /// Its status; ``CacheClient/perform(_:)`` returns only what the request expects.
    package let status: HTTPResponseStatus
    var headers = HTTPHeaders()
    /// Its body, as it came.
    package let body: [UInt8]

    /// Whether the key that was asked for is there; only a server that says so itself is believed that it isn't.
    package func isFound(url: String) throws(CacheClientError) -> Bool {
        guard status == .notFound else { return true }
        guard let entry = try? decoded(Entry.self, url: url), !entry.found else {
            throw CacheClientError(reply: self, url: url)
        }
        return false
    }

    /// What its JSON says.
    package func decoded<Value: Decodable>(_ type: Value.Type, url: String) throws(CacheClientError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw .unexpectedReply(from: url)
        }
    }
}

/// `{"found": …}`, with the key and its value
private struct Entry: Decodable {
    let found: Bool
}
