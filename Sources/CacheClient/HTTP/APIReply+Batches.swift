#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension APIReply {
    /// The values of a batch, cut out of the answer as they stand there.
    package func batchValues(url: String) throws(CacheClientError) -> [CacheKey: CachedValue] {
        let members = try members(url: url)
        guard let values = members["values"].flatMap(JSONText.members) else { throw .unexpectedReply(from: url) }
        let encoded = Set((members["encodings"].flatMap(JSONText.members) ?? []).map(\.key))
        var result: [CacheKey: CachedValue] = [:]
        for (key, text) in values {
            guard encoded.contains(key) else {
                result[key] = .json(text)
                continue
            }
            guard let bytes = try? JSONDecoder().decode(Data.self, from: Data(text)) else {
                throw .unexpectedReply(from: url)
            }
            result[key] = .binary(Array(bytes))
        }
        return result
    }

    /// Why some items of a batch weren't stored.
    package func batchErrors(url: String) throws(CacheClientError) -> [CacheKey: String] {
        let members = try members(url: url)
        guard let results = members["results"].flatMap(JSONText.members) else { throw .unexpectedReply(from: url) }
        var errors: [CacheKey: String] = [:]
        for (key, text) in results where !text.elementsEqual("true".utf8) { errors[key] = "it wasn't stored" }
        for (key, text) in members["errors"].flatMap(JSONText.members) ?? [] {
            errors[key] = try? JSONDecoder().decode(String.self, from: Data(text))
        }
        return errors
    }

    private func members(url: String) throws(CacheClientError) -> [CacheKey: [UInt8]] {
        guard let members = JSONText.members(of: body) else { throw .unexpectedReply(from: url) }
        return Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }
    }
}
