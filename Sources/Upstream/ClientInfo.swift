/// What the server calls a connection: `id`, `addr` and `laddr` of its `CLIENT INFO`.
///
/// The first two together name one connection for ever. Ids begin anew when a server restarts, and another server has
/// its own.
struct ClientInfo: Equatable {
    let id: String
    let address: String
    /// Where the server took the connection; nil if it doesn't tell, as before 6.2.
    let serverAddress: String?

    /// What a reply to `CLIENT INFO` says; nil if it isn't one.
    init?(_ reply: UnsafeRawBufferPointer) {
        let text = String(decoding: reply, as: UTF8.self)
        // It begins with the id, behind the line of the length and, in RESP3, the text's type.
        let fields = text.split { " \r\n".contains($0) }.lazy.map { $0.split(separator: "=", maxSplits: 1) }
        func value(of names: Set<Substring>) -> Substring? {
            fields.first { $0.count == 2 && names.contains($0[0]) }?[1]
        }
        guard let id = value(of: ["id", "txt:id"]), let address = value(of: ["addr"]) else { return nil }
        self.id = String(id)
        self.address = String(address)
        serverAddress = value(of: ["laddr"]).map(String.init)
    }
}
