import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// The upstream's INFO with our section behind it; `INFO ocm` is answered here.
    func forwardInfo(_ command: Command, _ session: Session, _ upstream: RedisUpstream) -> Disposition {
        let sections = (1..<command.count).map { command.string($0).lowercased() }
        if sections == ["ocm"] {
            let text = infoSection()
            session.reply { buffer in
                var text = text
                text.withUTF8 { buffer.writeVerbatimString(UnsafeRawBufferPointer($0), session.identity.version) }
            }
            return .taken
        }
        let wantsOurs = sections.isEmpty || !Set(sections).isDisjoint(with: ["ocm", "default", "all", "everything"])
        return forwardOrPin(command, session, upstream, reply: wantsOurs ? InfoReply(session) : nil)
    }

    /// Our section of INFO.
    func infoSection() -> String {
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
            switch upstream.status {
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
            "ocm_pinned_sessions:\(server.total { $0.pinnedSessions.current })",
            "ocm_tunnels:\(server.total { $0.tunnels.current })",
            "ocm_retries:\(server.total { $0.retries.current })",
            "ocm_net_input_bytes:\(server.total { $0.bytesIn.current })",
            "ocm_net_output_bytes:\(server.total { $0.bytesOut.current })",
        ]
        return lines.map { $0 + "\r\n" }.joined()
    }
}
