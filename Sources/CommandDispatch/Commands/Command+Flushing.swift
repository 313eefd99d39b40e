import RESP

extension Command {
    /// Whether an ACL command changes anybody's rights.
    var changesUsers: Bool {
        subcommand(is: "setuser") || subcommand(is: "deluser") || subcommand(is: "load")
    }

    /// Whether an EVAL's script may call SWAPDB, of which nobody else is told. A script can spell its name in other
    /// ways, and one that Redis knows already isn't here to be read.
    var mentionsSwapDB: Bool {
        guard count > 1 else { return false }
        let script = self[1]
        let name = Array("swapdb".utf8)
        guard script.count >= name.count else { return false }
        return (0...script.count - name.count).contains { start in
            script[start].lowercasedASCII == name[0]
                && name.indices.allSatisfy { script[start + $0].lowercasedASCII == name[$0] }
        }
    }
}
