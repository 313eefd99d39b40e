import Logging

extension RedisUpstream {
    /// Warns of a server that answers as a Redis does, and isn't one for us, unless it has told already what it is.
    public func warnIfUnfit() {
        guard !isKindKnown else { return }
        let receiver = TextReceiver { [weak self] in
            guard let self, !isKindKnown, let mode = $0.flatMap({ ServerInfo($0).mode }) else { return }
            isKindKnown = true
            warn(ofMode: mode)
        }
        shared(for: baseIdentity).send(ServerInfo.question, to: receiver)
    }

    private func warn(ofMode mode: String) {
        switch mode {
        case "cluster":
            context.logger.warning(
                "Redis at \(serverName) is a node of a cluster: ocm follows no redirections, so that commands for other nodes' keys fail"
            )
        case "sentinel":
            context.logger.warning(
                "Redis at \(serverName) is a sentinel, which holds no data: --upstream must name the primary itself"
            )
        default: break
        }
    }
}
