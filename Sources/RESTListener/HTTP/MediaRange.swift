/// What `Accept` says of the forms in which a value can be had (RFC 9110, 12.5.1).
enum MediaRange {
    /// Whether a client would rather have the bytes than JSON: it names them, and doesn't like JSON better.
    static func prefersBytes(_ accept: String) -> Bool {
        var bytes: Double?
        var json: Double?
        var any: Double?
        for item in accept.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.trimmingSpaces.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first {
            case "application/octet-stream": bytes = quality
            case "application/json": json = quality
            case "application/*", "*/*": any = max(any ?? 0, quality)
            default: break
            }
        }
        guard let bytes, bytes > 0 else { return false }
        return json.map { bytes > $0 } ?? (bytes >= any ?? 0)
    }
}
