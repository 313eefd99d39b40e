import CacheClient

extension ClientOptions {
    /// Prints that something was done: the API's words for programs, `text` for people.
    func confirm(_ reply: APIReply, _ text: String) throws {
        if json { try FileOutput.standard.writeText(reply.body) } else { try FileOutput.standard.writeLine(text) }
    }
}
