import NIOCore
import RESP

extension ByteBuffer {
    /// A number in decimal digits.
    @inline(__always)
    mutating func writeDecimal(_ number: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: 20) {
            Decimal.write(number, to: $0.baseAddress.unsafelyUnwrapped)
        }
    }
}
