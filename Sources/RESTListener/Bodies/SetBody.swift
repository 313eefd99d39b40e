import FoundationEssentials
import JSON
import NIOHTTP1

/// `{"value": …, "ttl": 60}`: what is to be stored at a key.
struct SetBody {
    /// The bytes to store.
    let value: [UInt8]
    /// How long, in milliseconds; nil for as long as it isn't changed.
    let timeToLive: Int?

    /// Reads a request's body.
    init(_ text: UnsafeRawBufferPointer) throws(HTTPError) {
        var value: Range<Int>?
        var timeToLive: Int?
        var encoding: [UInt8]?
        try MembersReader(text).read { name, token, position throws(HTTPError) in
            switch name {
            case "value": value = position
            case "ttl": timeToLive = try MembersReader.timeToLive(token)
            case "encoding": encoding = Array(token)
            default:
                throw HTTPError(.badRequest, "unknown member '\(name)': there are value, ttl and encoding")
            }
        }
        guard let value else { throw HTTPError(.badRequest, "the member 'value' is missing") }
        self.timeToLive = timeToLive
        let token = UnsafeRawBufferPointer(rebasing: text[value])
        self.value = encoding == nil ? StoredValue.bytes(token) : try Self.decode(token, encoding)
    }

    private static func decode(_ token: UnsafeRawBufferPointer, _ encoding: [UInt8]?) throws(HTTPError) -> [UInt8] {
        guard encoding == Array("\"base64\"".utf8) else {
            throw HTTPError(.badRequest, "the only encoding is \"base64\"")
        }
        guard token.first == UInt8(ascii: "\""), let text = JSONString.unescape(token),
            let data = Data(base64Encoded: Data(text)),
            // What it is decoded from must be the one way to write it: Foundation lets more pass.
            data.base64EncodedData().elementsEqual(text)
        else { throw HTTPError(.badRequest, "the value isn't a string of base64") }
        return Array(data)
    }
}
