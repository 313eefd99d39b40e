import NIOCore
import Testing

@testable import RESTListener

@Suite("Content codings and entity tags are negotiated by RFC 9110")
struct ContentCodingTests {
    @Test(
        "the coding that the client likes best",
        arguments: [
            ("gzip", ContentCoding.gzip), ("deflate", .deflate), ("gzip, deflate, br", .gzip),
            ("br;q=1, deflate;q=0.5", .deflate),
            ("gzip;q=0.1, deflate;q=0.9", .deflate), ("*", .gzip), ("gzip;q=0, *", .deflate), ("X-GZIP", .gzip),
            ("gzip;q=0", nil), ("identity", nil), ("br", nil), ("", nil), ("gzip;q=x", nil), ("*;q=0", nil),
        ]
    )
    func preferred(header: String, coding: ContentCoding?) { #expect(ContentCoding.preferred(in: header) == coding) }

    @Test("a tag is known in lists, weak or not, and in its own coding only")
    func tags() {
        let tag = Array("value".utf8).withUnsafeBytes { EntityTag($0) }
        var buffer = ByteBuffer()
        tag.write(coding: nil, to: &buffer)
        let text = String(buffer: buffer)
        #expect(text.first == "\"" && text.last == "\"")
        for header in [text, "W/\(text)", "\"x\", \(text)", "*", " \(text) ,\"y\""] {
            #expect(tag.isNamed(in: header, coding: nil))
        }
        for header in ["\"x\"", "", String(text.dropFirst()), "W/*"] { #expect(!tag.isNamed(in: header, coding: nil)) }
        #expect(!tag.isNamed(in: text, coding: .gzip))
        let other = Array("value".utf8).withUnsafeBytes { EntityTag($0, .raw) }
        #expect(!other.isNamed(in: text, coding: nil))
        #expect(text == "\"e9c5d8c2a1c6bd0c-5\"" || text.count == 20, "the tag is the same in every process")
    }
}
