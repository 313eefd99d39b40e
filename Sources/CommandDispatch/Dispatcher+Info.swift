import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// The upstream's INFO with our section behind it; `INFO ocm` is answered here.
    func dispatchInfo(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        let sections = (1..<command.count).map { command.string($0).lowercased() }
        if sections == ["ocm"] {
            return answerOrQueue(command, spec, session) {
                // Redis, which knows what users may see, isn't asked; so keys are named to nobody but the URL's user.
                let isURLUser =
                    session.identity.credentials == nil && !session.connectionState.mayBeAnotherUsers
                    && upstream?.lacksPassword != true
                var text = infoSection(namingKeys: isURLUser)
                session.reply { buffer in
                    text.withUTF8 { buffer.writeVerbatimString(UnsafeRawBufferPointer($0), session.identity.version) }
                }
                return .taken
            }
        }
        let wantsOurs = sections.isEmpty || !Set(sections).isDisjoint(with: ["ocm", "default", "all", "everything"])
        return forwardOrPin(command, spec, session, reply: wantsOurs ? InfoReply(session) : nil)
    }

    /// Our section of INFO.
    func infoSection(namingKeys: Bool) -> String {
        var lines = [
            "# OCM",
            "ocm_version:\(server.version)",
            "ocm_uptime_in_seconds:\((NIODeadline.now() - server.started).nanoseconds / 1_000_000_000)",
            "ocm_mode:\(upstream == nil ? "embedded" : "proxy")",
            "ocm_threads:\(server.threads)",
            "ocm_connected_clients:\(server.connectedClients)",
            "ocm_total_connections_received:\(server.total { $0.connections.current })",
            "ocm_rejected_connections:\(server.total { $0.rejectedConnections.current })",
        ]
        if let upstream {
            lines.append("ocm_upstream:\(upstream.configuration.url.description)")
            switch upstream.observedStatus {
            case .connecting: lines.append("ocm_upstream_status:connecting")
            case .up: lines.append("ocm_upstream_status:up")
            case .down(let failure):
                lines += ["ocm_upstream_status:down", "ocm_upstream_error:\(failure.event)"]
            }
        }
        lines += [
            "ocm_commands_forwarded:\(server.total { $0.forwardedCommands.current })",
            "ocm_commands_pinned:\(server.total { $0.pinnedCommands.current })",
            "ocm_commands_local:\(server.total { $0.localCommands.current })",
            "ocm_commands_failed:\(server.total { $0.failedCommands.current })",
            "ocm_pinned_sessions:\(server.total { $0.pinnedSessions.current })",
            "ocm_tunnels:\(server.total { $0.tunnels.current })",
            "ocm_retries:\(server.total { $0.retries.current })",
            "ocm_net_input_bytes:\(server.total { $0.bytesIn.current })",
            "ocm_net_output_bytes:\(server.total { $0.bytesOut.current })",
        ]
        lines += cacheLines
        lines += server.commandCounts.filter { $0.count > 0 }.map { "ocm_command_\($0.name):\($0.count)" }
        if namingKeys {
            lines += server.topKeys(limit: 10).enumerated().map { rank, key in
                "ocm_top_key_\(rank + 1):\(Self.printable(key.key)),\(key.count)"
            }
        }
        return lines.map { $0 + "\r\n" }.joined()
    }

    /// What INFO says of the local cache.
    private var cacheLines: [String] {
        let state = cacheState
        if state == .embedded { return [] }
        var lines = ["ocm_cache:\(state.text)"]
        if case .trackingRefused(let refusal) = state { lines.append("ocm_cache_refused:\(refusal.reason)") }
        let statistics = server.cacheStatistics
        let fields = state == .off ? statistics.forwardedLatency : statistics.fields
        return lines + fields.map { "ocm_cache_\($0.name):\($0.value)" }
    }

    /// A key on one line, as redis-cli would show it.
    private static func printable(_ key: [UInt8]) -> String {
        key.map { byte in
            (32..<127).contains(byte) && byte != UInt8(ascii: "\\")
                ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
