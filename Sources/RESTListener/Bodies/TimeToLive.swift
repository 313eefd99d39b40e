import FoundationEssentials
import JSON
import NIOHTTP1

/// How long something is to be kept.
enum TimeToLive {
    /// The most that Redis takes, and by far: some 317 years, in seconds.
    private static let longest = 1e10

    /// The whole milliseconds that a number of seconds means.
    ///
    /// - Throws: an ``HTTPError`` that tells the client what is wrong with it.
    static func milliseconds(_ text: UnsafeRawBufferPointer) throws(HTTPError) -> Int {
        guard let first = text.first, first &- 48 <= 9 || first == UInt8(ascii: "-"), JSONScanner.isValid(text),
            let seconds = Double(String(decoding: text, as: UTF8.self))
        else { throw HTTPError(.badRequest, "ttl must be a number of seconds") }
        guard seconds >= 0.001, seconds < longest else {
            throw HTTPError(.badRequest, "ttl must be a number of seconds from 0.001 to less than 10000000000")
        }
        return Int((seconds * 1000).rounded())
    }
}
