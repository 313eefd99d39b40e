#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Some of the keys, and from where to go on.
struct KeyPage: Decodable {
    let keys: [String]
    /// Keys that aren't UTF-8, in base64.
    let encodedKeys: [Data]?
    /// Nil when there are no more.
    let cursor: String?

    var allKeys: [CacheKey] { keys.map { CacheKey($0) } + (encodedKeys ?? []).map { CacheKey(bytes: Array($0)) } }
}
