import NIOCore
import NIOHTTP1

/// Puts a request together from the parts in which it arrives, and refuses what isn't to be served as early as can be.
///
/// A client that is refused before it has sent its body still sends it, as a rule. If that isn't much, it is read over
/// and the connection goes on; if it is, or if the client waits to be told to send it, the answer leaves at once and
/// the connection ends behind it.
struct RequestReader {
    /// What is to be done next.
    enum Action {
        /// Nothing: more is to come.
        case wait
        /// The client waits to be told that it may send the body.
        case sendContinue
        /// The request is whole.
        case serve(Request)
        /// The request is refused. What is left of it is not to be read.
        case refuseAndClose(HTTPError)
        /// The request is refused, and over.
        case refuse(HTTPError)
    }

    private enum State {
        case idle
        case body(RequestHead, Route, AccessLevel, ByteBuffer)
        case discarding(HTTPError, bytes: Int)
        case refused
    }

    private let gate: Gate
    private let largestBody: Int
    private var state = State.idle
    /// How many bytes have come of the request since its head.
    private var wireBytes = 0

    init(_ gate: Gate, largestBody: Int) {
        self.gate = gate
        self.largestBody = largestBody
    }

    /// Whether the request's end is still to come.
    var isReading: Bool {
        switch state {
        case .idle, .refused: false
        case .body, .discarding: true
        }
    }

    /// How many bytes are kept of the body so far.
    var bodyLength: Int {
        if case .body(_, _, _, let body) = state { body.readableBytes } else { 0 }
    }

    /// Bytes have come, of which the body is to be made.
    ///
    /// Chunks have their lengths around them, and may have whole texts, which nobody uses: so much more than the body
    /// must not come.
    mutating func received(_ count: Int) -> Action {
        guard isReading else { return .wait }
        wireBytes += count
        guard wireBytes > Self.largestEnvelope + Self.largestEnvelopeRatio * contentLength else { return .wait }
        state = .refused
        return .refuseAndClose(HTTPError(.badRequest, "far more is sent around the chunks of the body than in them"))
    }

    private static let largestEnvelope = 256 << 10
    private static let largestEnvelopeRatio = 16

    /// How many bytes of the body have come, kept or not.
    private var contentLength: Int {
        if case .discarding(_, let bytes) = state { bytes } else { bodyLength }
    }

    /// Takes the head.
    mutating func begin(_ head: RequestHead) -> Action {
        wireBytes = 0
        do throws(HTTPError) {
            let (route, access) = try gate.admit(head)
            guard head.contentLength ?? 0 <= largestBody else { throw tooLarge }
            state = .body(head, route, access, ByteBuffer())
            return head.expectation != nil && head.hasBody ? .sendContinue : .wait
        } catch {
            guard !error.endsConnection, head.expectation == nil, head.contentLength ?? 0 <= largestBody else {
                state = .refused
                return .refuseAndClose(error)
            }
            state = .discarding(error, bytes: 0)
            return .wait
        }
    }

    /// Takes more of the body.
    mutating func append(_ bytes: ByteBuffer) -> Action {
        switch state {
        case .idle, .refused: return .wait
        case .discarding(let error, let count):
            guard count + bytes.readableBytes <= largestBody else {
                state = .refused
                return .refuseAndClose(error)
            }
            state = .discarding(error, bytes: count + bytes.readableBytes)
            return .wait
        case .body(let head, let route, let access, var body):
            guard body.readableBytes + bytes.readableBytes <= largestBody else {
                state = .refused
                return .refuseAndClose(tooLarge)
            }
            state = .idle
            if body.capacity == 0 { body.reserveCapacity(min(head.contentLength ?? 0, Self.largestReservation)) }
            body.writeImmutableBuffer(bytes)
            state = .body(head, route, access, body)
            return .wait
        }
    }

    /// What a client that only announces a long body gets reserved for it, in bytes.
    private static let largestReservation = 1 << 20

    /// Takes the end.
    mutating func end() -> Action {
        defer { if isReading { state = .idle } }
        switch state {
        case .idle, .refused: return .wait
        case .discarding(let error, _): return .refuse(error)
        case .body(let head, let route, let access, let body):
            return .serve(Request(head: head, route: route, access: access, body: body))
        }
    }

    private var tooLarge: HTTPError {
        HTTPError(
            .payloadTooLarge,
            "the body is larger than \(largestBody) bytes: start the server with a larger --max-body-size if it must be"
        )
    }
}
