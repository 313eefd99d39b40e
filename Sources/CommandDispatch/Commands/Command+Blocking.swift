import RESP

extension Command {
    /// Whether BLOCK is among the options of an XREAD or XREADGROUP; a stream, a group or a consumer may be called
    /// that, too.
    var asksToBlock: Bool {
        var index = 1
        while index < count, !argument(index, is: "streams") {
            if argument(index, is: "block") { return true }
            if argument(index, is: "group") {
                index += 3
            } else if argument(index, is: "count") {
                index += 2
            } else {
                index += 1
            }
        }
        return false
    }
}
