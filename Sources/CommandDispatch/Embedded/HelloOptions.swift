import RESP

/// The options of HELLO behind the version, where no server is there to check them.
enum HelloOptions {
    /// What Redis would say is wrong with them, if anything.
    static func error(in command: Command) -> String? {
        var index = 2
        while index < command.count {
            let left = command.count - index - 1
            if command.argument(index, is: "auth"), left >= 2 {
                index += 3
            } else if command.argument(index, is: "setname"), left >= 1 {
                guard command[index + 1].allSatisfy({ (33...126).contains($0) }) else {
                    return "ERR Client names cannot contain spaces, newlines or special characters."
                }
                index += 2
            } else {
                return "ERR Syntax error in HELLO option '\(command.string(index))'"
            }
        }
        return nil
    }
}
