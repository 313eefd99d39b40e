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
            default: text.hasPrefix("ERR ocm ") ? .serviceUnavailable : other
            }
        self.init(status, text)
    }
}
