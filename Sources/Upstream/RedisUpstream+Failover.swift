import NIOCore

/// See ``PrimarySearch``.
extension RedisUpstream {
    /// Looks whether the name leads elsewhere than to where we are, unless that has been done a moment ago.
    func lookForPrimary(because reason: PrimarySearch.Reason) {
        let now = NIODeadline.now()
        guard search == nil, status == .up, now >= nextSearch else { return }
        if let lastMove, now - lastMove > 2 * Self.longestStay { stay.reset() }
        if now - nextSearch > Self.oblivion { searchPause.reset() }
        nextSearch = now + searchPause.next()
        let search = PrimarySearch(self, reason) { [unowned self] outcome in
            guard let search = self.search else { return }
            self.search = nil
            switch outcome {
            case .stay: break
            case .move: onMove?(search.begun)
            case .end(let connection): connection.close(Self.moved(serverName))
            }
        }
        self.search = search
        search.start()
    }

    /// Ends the connections that were opened before `time`: the name has led to another server since.
    public func leave(connectionsOpenedBefore time: NIODeadline) {
        let now = NIODeadline.now()
        lastMove = now
        nextSearch = now + stay.next()
        outdated = time
        closeOutdated()
    }

    /// One that was on its way when all left may have come to where they were.
    func closeOutdated() {
        guard let outdated else { return }
        for connection in openConnections where connection.isReady && connection.opened < outdated {
            connection.close(Self.moved(serverName))
        }
    }

    private static func moved(_ server: String) -> UpstreamFailure {
        .lost(server: server, reason: "the name leads to another server now")
    }

    /// The pause after a search that led nowhere; it doubles, give or take a random part.
    static let firstSearchPause = TimeAmount.seconds(1)
    static let longestSearchPause = TimeAmount.seconds(10)
    /// After so long without need for a search the pauses are short again.
    private static let oblivion = TimeAmount.minutes(1)
    /// The pause after a move; it doubles, too: a name may lead to several servers in turn.
    static let shortestStay = TimeAmount.seconds(2)
    static let longestStay = TimeAmount.minutes(10)
}
