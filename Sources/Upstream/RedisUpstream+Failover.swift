import NIOCore

/// See ``PrimarySearch``.
extension RedisUpstream {
    /// Looks whether the name leads elsewhere than to where we are, unless that has been done a moment ago.
    ///
    /// - Parameter isSplit: whether our connections are known to be at several servers.
    func lookForPrimary(isSplit: Bool = false) {
        let now = NIODeadline.now()
        guard search == nil, status == .up, now >= nextSearch else { return }
        if isSplit, let lastMove, now - lastMove < Self.shortestStay { return }
        if now - nextSearch > Self.oblivion { searchPause.reset() }
        nextSearch = now + searchPause.next()
        let search = PrimarySearch(self, isSplit: isSplit) { [unowned self] isElsewhere in
            guard let search = self.search else { return }
            self.search = nil
            if isElsewhere { onMove?(search.begun) }
        }
        self.search = search
        search.start()
    }

    /// Ends the connections that were opened before `time`: the name has led to another server since.
    public func leave(connectionsOpenedBefore time: NIODeadline) {
        lastMove = .now()
        for connection in openConnections where connection.isReady && connection.opened < time {
            connection.close(.lost(server: serverName, reason: "the name leads to another server now"))
        }
    }

    /// The pause after a search; it doubles.
    static let firstSearchPause = TimeAmount.seconds(1)
    static let longestSearchPause = TimeAmount.seconds(10)
    /// After so long without need for a search the pauses are short again.
    private static let oblivion = TimeAmount.minutes(1)
    /// How long we stay at least when nobody says that it is a replica.
    private static let shortestStay = TimeAmount.minutes(10)
}
