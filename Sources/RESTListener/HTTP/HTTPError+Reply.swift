import NIOHTTP1

extension HTTPError {
    /// What an error reply is over HTTP, by the word that it begins with.
    ///
    /// - Parameter other: the status of an error that says nothing about whose fault it is.
    init(reply text: String, other: HTTPResponseStatus = .internalServerError) {
        let code = text.prefix { $0 != " " }
        let status: HTTPResponseStatus =
            switch code {
            case "WRONGTYPE": .conflict
            case "OOM": .insufficientStorage
            case "NOPERM", "DENIED": .forbidden
            case "BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "NOAUTH", "NOREPLICAS", "READONLY",
                "TRYAGAIN", "WRONGPASS":
                .serviceUnavailable
            default: Self.isAboutTheServer(text) ? .serviceUnavailable : other
            }
        self.init(status, text)
    }

    /// Whether the error says that the server can't be reached, or that it takes no more connections.
    private static func isAboutTheServer(_ text: String) -> Bool {
        text.hasPrefix("ERR ocm ") || text == "ERR max number of clients reached"
    }
}
