#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key that is asked for much.
public struct TopKey: Decodable, Sendable {
    /// The key.
    public let key: CacheKey
    /// About how often it was asked for of late: an estimate, since the server looks at one command in 32.
    public let count: Int

    private enum CodingKeys: CodingKey {
        case key
        case encoding
        case count
    }

    /// Reads `{"key": …, "count": …}`; `"encoding": "base64"` is the key's if it isn't UTF-8.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        count = try container.decode(Int.self, forKey: .count)
        guard container.contains(.encoding) else {
            key = CacheKey(try container.decode(String.self, forKey: .key))
            return
        }
        key = CacheKey(bytes: Array(try container.decode(Data.self, forKey: .key)))
    }
}
