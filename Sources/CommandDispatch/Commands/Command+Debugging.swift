import RESP

extension Command {
    /// Whether it turns the debugger of scripts on, as SCRIPT DEBUG does: from the next EVAL on its connection speaks
    /// the debugger's protocol, in which replies don't match commands.
    func startsDebugger(_ spec: CommandSpec) -> Bool {
        spec.name == Self.script && subcommand(is: "debug") && count == 3
            && (argument(2, is: "yes") || argument(2, is: "sync"))
    }

    /// Whether it is one of the debugger's own. (`eval.c`, `ldbRepl`)
    var isForDebugger: Bool { Self.debuggerWords.contains { argument(0, is: $0) } }

    private static let script = CommandName("script")
    private static let debuggerWords: [StaticString] = [
        "s", "step", "n", "next", "c", "continue", "l", "list", "w", "whole", "p", "print", "b", "break", "t", "trace",
        "e", "eval", "r", "redis", "m", "maxlen", "a", "abort", "h", "help",
    ]
}
