import RESP

/// Shows a parser input in pieces, as a connection does, and collects what it finds.
struct RequestFeeder: ~Copyable {
    /// The commands found, argument by argument.
    private(set) var commands: [[[UInt8]]] = []
    /// Their canonical frames.
    private(set) var frames: [[UInt8]] = []
    /// What stopped the parser.
    private(set) var error: RequestError?
    private var parser: RequestParser
    private var unread: [UInt8] = []
    private let authenticated: Bool

    init(limits: RequestLimits = RequestLimits(), authenticated: Bool = true) {
        parser = RequestParser(limits: limits)
        self.authenticated = authenticated
    }

    /// Whether a frame has begun and isn't over.
    var isInsideFrame: Bool { !unread.isEmpty }

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        unread += bytes
        var taken = 0
        unread.withUnsafeBytes { bytes in
            while error == nil {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
                let progress: RequestParser.Progress
                do throws(RequestError) {
                    progress = try parser.parse(rest, authenticated: authenticated)
                } catch {
                    self.error = error
                    return
                }
                switch progress {
                case .incomplete: return
                case .nothing: break
                case .command:
                    let command = parser.command(in: rest)
                    commands.append((0..<command.count).map { Array(command[$0]) })
                    frames.append(Array(command.frame))
                }
                taken += parser.frameLength
                parser.consume()
            }
        }
        unread.removeFirst(taken)
    }

    /// What the parser finds in `bytes` when they come in one piece.
    static func whole(_ bytes: [UInt8], authenticated: Bool = true) -> RequestFeeder {
        var feeder = RequestFeeder(authenticated: authenticated)
        feeder.feed(bytes)
        return feeder
    }

    /// What the parser finds in `bytes` when they come one by one.
    static func drip(_ bytes: [UInt8], authenticated: Bool = true) -> RequestFeeder {
        var feeder = RequestFeeder(authenticated: authenticated)
        for byte in bytes { feeder.feed(CollectionOfOne(byte)) }
        return feeder
    }
}

/// The bytes of `text`.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
