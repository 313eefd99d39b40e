import RESP

extension Command {
    /// Whether a SCRIPT turns the debugger on: from the next EVAL on its connection speaks the debugger's protocol, in
    /// which replies don't match commands.
    var startsDebugger: Bool {
        subcommand(is: "debug") && count == 3 && (argument(2, is: "yes") || argument(2, is: "sync"))
    }
}
