import CacheClient
import FoundationEssentials

/// Keys as the API's JSON has them, as if all were on one page.
struct JSONKeyPrinter: KeyPrinter {
    private var isEmpty = true
    private var encoded: [[UInt8]] = []

    mutating func append(_ key: CacheKey, to text: inout [UInt8]) {
        guard key.text != nil else {
            encoded.append(JSONText.string(Data(key.bytes).base64EncodedData()))
            return
        }
        text += Array((isEmpty ? "{\"keys\":[" : ",").utf8) + JSONText.string(key.bytes)
        isEmpty = false
    }

    func end(_ text: inout [UInt8]) {
        text += Array((isEmpty ? "{\"keys\":[]" : "]").utf8)
        if !encoded.isEmpty {
            text += Array(",\"encoded_keys\":[".utf8) + encoded.joined(separator: ",".utf8) + Array("]".utf8)
        }
        text += Array("}\n".utf8)
    }
}
