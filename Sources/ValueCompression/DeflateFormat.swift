import CZlib

/// What deflated bytes come in.
public enum DeflateFormat: Sendable {
    /// Nothing (RFC 1951).
    case raw
    /// zlib's header and checksum (RFC 1950).
    case zlib
    /// A gzip member (RFC 1952).
    case gzip

    /// What zlib's functions take it as, with the size of the window.
    var windowBits: Int32 {
        switch self {
        case .raw: -Deflater.windowBits
        case .zlib: Deflater.windowBits
        case .gzip: Deflater.windowBits + 16
        }
    }
}
