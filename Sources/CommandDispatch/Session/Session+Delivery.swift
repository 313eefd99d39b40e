import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// # Delivery
///
/// What is ready leaves at the end of the loop's turn, all of a turn in one write.
///
/// But what may tell of a change to any key is held, with what comes behind it, until the news of that is in
/// (``OutputHolds``): the reply to a script, an element that was taken or waited for, and a message of a channel. Else
/// its client would read the key as it was: at the end of its turn Redis writes what it has to say over several
/// connections, as a rule over the feed last.
extension Session {
    @inline(__always)
    func deliverSoon() { dispatcher.context.tick.add(delivery) }

    /// Lets the front end try the command that was put off, at the end of this turn.
    public func wake() {
        guard isSuspended else { return }
        deliverSoon()
    }

    /// Hands the ready replies to the front end, lets it go on, or closes it.
    fileprivate func deliver() {
        guard let outlet else { return }
        if hits > 0 {
            dispatcher.noteHits(hits)
            hits = 0
        }
        if let replies = takeReady() {
            outlet.write(replies)
            dispatcher.context.buffers.put(replies)
            // The front end may have given the client up.
            if isEnded { return }
        }
        if isCutOff {
            // What was whole before the reply that is torn is the client's.
            if holds.isEmpty { outlet.abort() }
        } else if obstacles.contains(.closing) {
            if outstanding == 0, holds.isEmpty { outlet.close() }
        } else if isSuspended, outlet.isWritable {
            resume(outlet)
        }
    }

    /// The replies that may leave; nil if there are none.
    @inline(__always)
    private func takeReady() -> ByteBuffer? {
        if !holds.isEmpty { return takeUnheld() }
        guard output.readableBytes > 0 else { return nil }
        var replies = ByteBuffer()
        swap(&replies, &output)
        return replies
    }

    @inline(never)
    private func takeUnheld() -> ByteBuffer? {
        guard let cache = dispatcher.cache else { preconditionFailure("only for the cache are replies held") }
        let ready = holds.takeReady(of: &output, settled: cache.settledNews, pool: dispatcher.context.buffers)
        if holds.isEmpty { obstacles.remove(.holding) } else { cache.hold(self) }
        return ready
    }

    /// What has to happen before the reply of a command that nobody stores leaves.
    ///
    /// - Parameters:
    ///   - reply: what has come of it, and of those behind it.
    ///   - count: how many of them are whole.
    @inline(__always)
    func release(
        _ mark: CommandMark,
        _ reply: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        count: Int = 0
    ) {
        switch mark.effect {
        case .none: break
        case .news: if count != 1 || !reply.isEmptyReply { hold() }
        case .anyKey: hold()
        case .read, .fill, .write, .flush: dispatcher.cache?.release(mark)
        }
    }

    /// What comes next may tell of a change to any key. It leaves when the news of all that has changed is in.
    @inline(never)
    func hold() {
        guard let cache = dispatcher.cache else { return }
        holds.add(from: output.readableBytes, until: cache.cache.news.next())
        obstacles.insert(.holding)
        cache.counters.waits.add()
    }

    /// Once in a turn: however much a client has sent, others have their turn in between.
    private func resume(_ outlet: any SessionOutlet) {
        let tick = dispatcher.context.tick
        guard resumedInTurn != tick.turn else { return tick.addToNextTurn(delivery) }
        resumedInTurn = tick.turn
        isSuspended = false
        outlet.resume()
    }
}

/// Runs a session's delivery at the end of the loop's turn.
final class SessionDelivery: TickWork {
    /// Until the session ends, which breaks the cycle.
    var session: Session?

    override func runTick() { session?.deliver() }
}
