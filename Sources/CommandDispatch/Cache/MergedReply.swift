import NIOCore
import RESP

/// Puts the reply to an MGET together, as it comes, from the elements that the server sends and those that were found
/// in the cache. No more of it is held than the part at hand.
struct MergedReply {
    private let count: Int
    private let missing: [Int]
    private let found: ByteBuffer
    private var header: [UInt8] = []
    private var isHeaderWhole = false
    /// The server's reply isn't one element for each key that was missing: it is passed on as it is.
    private(set) var isForeign = false
    private var framer = ReplyFramer()
    private var foundFramer = ReplyFramer()
    private var foundIndex = 0
    /// How many elements the server has sent, and how many the reply has.
    private var received = 0
    private var position = 0

    /// - Parameters:
    ///   - count: how many elements the reply has.
    ///   - missing: where in it those stand that the server sends, in order.
    ///   - found: the others, framed, in order.
    init(of count: Int, missing: [Int], found: ByteBuffer) {
        self.count = count
        self.missing = missing
        self.found = found
    }

    /// Takes the next part of what the server sends, and writes what can be passed on to `output`. Calls `element` with
    /// each part of an element and the element's number.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer,
        into output: inout ByteBuffer,
        _ element: (Int, UnsafeRawBufferPointer) -> Void
    ) {
        var index = 0
        if !isHeaderWhole {
            let end = bytes.firstIndex(of: 10).map { $0 + 1 }
            header += bytes[..<(end ?? bytes.count)]
            guard let end else { return }
            index = end
            begin(&output)
        }
        guard !isForeign else {
            output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[index...]))
            return
        }
        while index < bytes.count, received < missing.count {
            let end = try? framer.endOfFrame(in: bytes, from: index)
            let part = UnsafeRawBufferPointer(rebasing: bytes[index..<(end ?? bytes.count)])
            output.writeBytes(part)
            element(received, part)
            guard let end else { return }
            index = end
            received += 1
            position += 1
            writeFound(&output)
        }
    }

    private mutating func begin(_ output: inout ByteBuffer) {
        isHeaderWhole = true
        isForeign = !header.elementsEqual("*\(missing.count)\r\n".utf8)
        guard !isForeign else {
            output.writeBytes(header)
            return
        }
        output.writeArrayHeader(count)
        writeFound(&output)
    }

    /// Writes those that were found, up to the next that wasn't.
    private mutating func writeFound(_ output: inout ByteBuffer) {
        let next = received < missing.count ? missing[received] : count
        found.withUnsafeReadableBytes { found in
            while position < next, let end = try? foundFramer.endOfFrame(in: found, from: foundIndex) {
                output.writeBytes(UnsafeRawBufferPointer(rebasing: found[foundIndex..<end]))
                foundIndex = end
                position += 1
            }
        }
    }
}
