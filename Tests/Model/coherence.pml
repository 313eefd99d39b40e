/* The coherence protocol of the local cache, one key with two reply ids, checked exhaustively with spin: `make model`.
 *
 * There are two shared connections with tracking (0 and 1), a pinned one without (2), a client that isn't ours, and the
 * feed. Requests, replies and pushes arrive in order on their connection, any time later. How it maps to the code:
 *
 *   entry, source, fill, purge(), store()       ReplyCache
 *   lease, leased[], endLease()                 Lease
 *   doubt, raiseDoubt()                         the doubts of a CacheShard
 *   round, awaited, start(), settle()           Rounds
 *   heldBack, news, ask()                       OutputHolds, ReplyCache.news
 *   feed, gate, ready[], noticeFeed()           InvalidationFeed, and the shared connections' TRACKING
 *
 * Versions stand for values. `seen` is the newest version released to anybody by this sidecar. Claims: a read that
 * starts later gets at least that, whichever reply id it asks for; no session's reads go back; and once nothing is in
 * flight, entries hold the server's version and nobody holds the lease.
 *
 * Sessions have no identity. One with nothing outstanding for the key hits, joins a flight or waits for a round: that
 * changes nothing that others see, so it is looked at in every state (`observe`). What remains of sessions is commands
 * under way, at most LOAD0, LOAD1 and LOAD2 on the connections. A session that waits for a round sends nothing
 * meanwhile: it could overtake the command that waits.
 *
 * SWAPDB stands for all that the server pushes nothing for. FLUSHALL by others is a foreign write, there being one key.
 * Deadlines, compression and admission don't matter; no reply is an error.
 *
 * All that can happen at once is too many states, so check.py has configurations. -DPROMPT has the server execute what
 * is sent at once, so that only the ways back are slow. Each flag in its table of rules breaks one of them.
 *
 * States, each configuration without a violation: rounds 9.2 million, scripts 6.4, pipelines 2.9, swaps 8.3,
 * connections 10.8, feeds 2.0, both 2.7. Counterexamples have 8 to 30 steps.
 */
#define NONE 255
#define PINNED 2
#define TOTAL (3 * DEPTH)        /* DEPTH: commands under way on a connection, ours included */
#define AT(c, i) ((c) * DEPTH + (i))
#define HAVE_ENTRY (entry[0] != NONE || entry[1] != NONE)

/* What is sent over a connection. GET0 and GET1 are the two reply ids. */
#define GET0 1
#define GET1 2
#define SET 3
#define SCRIPT 4                 /* a write whose keys can't be known */
#define SWAPDB 5
#define PING 6
#define TRACKING 7
#define ISREAD(o) ((o) == GET0 || (o) == GET1)

/* A doubt, and what waits for it, name a round relative to now, which keeps the numbers finite. */
#define SETTLED 0
#define THIS 1                   /* the round under way */
#define NEXT 2                   /* the next to be started */

/* What arrives on the feed. */
#define INVALIDATE 1
#define PONG 2
#define NEWS 3                   /* a PONG that replies are held for */

/* The server. */
byte server;                     /* the key's version */
byte writes;
bit tracked[2];                  /* the key was read over this connection since it was last invalidated */
bit redirects[2];                /* to a feed that lives */
bit open[3];                     /* the server's end of the connection */
bit feedOpen;

/* The wire: [0, executed) are replies on their way back, the rest requests on their way there. */
byte op[TOTAL], from[TOTAL], value[TOTAL];  /* from: the least version that is owed; TRACKING: the feed's number */
bit leased[TOTAL];                          /* holds the key's valid lease */
byte sent[3], executed[3], load[3];         /* load: clients' commands among them */
chan feed = [6] of { byte };
bit feedAsked, newsAsked;                   /* a PING on its way over the feed */

/* The sidecar. */
byte entry[2], source[2];        /* by reply id; source: the connection that filled it + 1 */
byte lease;                      /* 0: none, else the owning connection + 1 */
byte fill, fillValue;            /* GET0 or GET1 whose leased reply is released and waits for PTTL's */
byte doubt;
bit round, feedAwaited, awaited[2], news;
bit gate;                        /* the feed is subscribed */
bit asking[2], ready[2];         /* TRACKING was sent to, is confirmed for the current feed */
byte feedNumber, swaps;          /* swaps: SWAPDBs outstanding */
byte losses, feedLosses;

/* What clients know. */
byte seen;
byte waiting[3];                 /* by round: the least version that is owed to sessions that wait for it */
byte heldBack[3];                /* the newest version that replies tell which are held: for THIS news, or the NEXT */
byte behind;                     /* an answer that overtook the session's own command, version + 1; see NOBEHIND */

byte i, j, k, version;
bit flag;

#ifdef LATESWAP
#define OPEN gate
#else
#define OPEN (gate && swaps == 0)
#endif

#ifdef PROMPT
#define SERVE(c) if :: open[c] -> execute(c) :: else fi
#else
#define SERVE(c) if :: c == PINNED -> execute(c) :: else fi   /* nobody can tell how long a request took */
#endif

#ifdef LOSSES
#define SOURCE(id, connection) source[id] = connection
#else
#define SOURCE(id, connection)   /* of no consequence, and would multiply the states */
#endif

#ifdef LATEJOIN
#define JOINABLE 1
#else
#define JOINABLE (doubt == SETTLED)
#endif

inline drop(id) { entry[id] = NONE; SOURCE(id, 0) }

inline revoke() {
  lease = 0; fill = 0; fillValue = 0;
  for (i : 0 .. TOTAL - 1) { leased[i] = 0 };
  i = 0
}

inline purge() { drop(0); drop(1); revoke() }

/* The lease goes with its last holder. */
inline endLease() {
  flag = 0;
  for (i : 0 .. TOTAL - 1) { if :: leased[i] -> flag = 1 :: else fi };
  if :: !flag -> lease = 0 :: else fi;
  i = 0; flag = 0
}

inline raiseDoubt() {
#ifdef EARLYROUND
  if :: round -> doubt = THIS :: else -> doubt = NEXT fi
#else
  doubt = NEXT
#endif
}

/* Sessions may join a flight or begin to wait whenever that is possible. It is enough to look at those that do it last:
 * they are owed the most. */
inline observe() {
  if
  :: OPEN && JOINABLE -> for (i : 0 .. 2 * DEPTH - 1) { if :: leased[i] -> from[i] = seen :: else fi }
  :: else
  fi;
  if :: OPEN && doubt != SETTLED && HAVE_ENTRY -> waiting[doubt] = seen :: else fi;
  i = 0
}

/* Those that waited try again, at any time from now on, and don't mind later doubts. So nothing older than what they
 * are owed may be there, nor come. */
inline wake() {
  if
  :: waiting[THIS] != 0 ->
     assert(entry[0] >= waiting[THIS] && entry[1] >= waiting[THIS]);   /* NONE is, too */
     assert(fill == 0 || fillValue >= waiting[THIS]);
     for (i : 0 .. 2 * DEPTH - 1) {
       if :: leased[i] && i % DEPTH < executed[i / DEPTH] -> assert(value[i] >= waiting[THIS]) :: else fi
     };
     i = 0; waiting[THIS] = 0
  :: else
  fi
}

/* The replies leave that were held for this news. */
inline deliver(r) { if :: heldBack[r] > seen -> seen = heldBack[r] :: else fi; heldBack[r] = 0 }

inline settle() {
  if
  :: round && !feedAwaited && !awaited[0] && !awaited[1] ->
     round = 0; wake();
     if :: doubt == THIS -> doubt = SETTLED :: else fi;
     observe()
  :: else
  fi
}

inline send(c, what, least, held) {
  assert(sent[c] < DEPTH);
  op[AT(c, sent[c])] = what; from[AT(c, sent[c])] = least; leased[AT(c, sent[c])] = held; sent[c]++
}

/* The server tells each connection's feed once, the writer's too, and forgets. */
inline write() {
  server++;
  if :: tracked[0] && redirects[0] -> feed!INVALIDATE :: else fi;
  if :: tracked[1] && redirects[1] -> feed!INVALIDATE :: else fi;
  tracked[0] = 0; tracked[1] = 0
}

inline execute(c) {
  j = AT(c, executed[c]);
  if
  :: ISREAD(op[j]) -> value[j] = server; if :: c != PINNED -> tracked[c] = redirects[c] :: else fi
  :: op[j] == SET || op[j] == SCRIPT -> write(); value[j] = server
  :: op[j] == SWAPDB -> server++; value[j] = server
  :: op[j] == TRACKING -> value[j] = feedOpen && from[j] == feedNumber; redirects[c] = value[j]; tracked[c] = 0
  :: else
  fi;
  executed[c]++; j = 0
}

/* A read that isn't answered from the cache. */
inline miss(c, what) { d_step {
  if
  :: c != PINNED && OPEN && ready[c] && lease == 0 -> lease = c + 1; flag = 1
#ifdef LATELEASE
  :: c != PINNED && OPEN && !ready[c] && lease == 0 -> lease = c + 1; flag = 1
#endif
#ifdef SHAREDLEASE
  :: c != PINNED && OPEN && ready[c] && lease != 0 && lease != c + 1 -> flag = 1
#endif
  :: c != PINNED && OPEN && lease == c + 1 -> flag = 1
  :: else
  fi;
  send(c, what, 0, flag); load[c]++; flag = 0; observe(); SERVE(c) } }

inline change(c, what) { d_step {
  writes++; if :: what == SWAPDB -> swaps++ :: else fi;
  send(c, what, 0, 0); load[c]++; SERVE(c) } }

inline shift(c) {
  for (i : 0 .. DEPTH - 2) {
    op[AT(c, i)] = op[AT(c, i + 1)]; from[AT(c, i)] = from[AT(c, i + 1)];
    value[AT(c, i)] = value[AT(c, i + 1)]; leased[AT(c, i)] = leased[AT(c, i + 1)]
  };
  op[AT(c, DEPTH - 1)] = 0; from[AT(c, DEPTH - 1)] = 0; value[AT(c, DEPTH - 1)] = 0; leased[AT(c, DEPTH - 1)] = 0;
  i = 0; sent[c]--; executed[c]--
}

inline releaseLeased() {
#ifdef DOUBTOTHERS
  if :: entry[2 - k] != NONE -> raiseDoubt() :: else fi;
#endif
#if !defined(DOUBTOTHERS) && !defined(NODOUBT)
  if :: HAVE_ENTRY -> raiseDoubt() :: else fi;
#endif
  fill = k; fillValue = version
}

inline releaseOtherRead() {
  if
#ifndef NODOUBTREAD
  :: HAVE_ENTRY -> raiseDoubt()
#ifndef NODOUBTLEASE
  :: !HAVE_ENTRY && lease != 0 -> raiseDoubt()
#endif
#endif
  :: else
  fi
}

/* A reply is in. What it means for the cache is done before a byte of it reaches the client. */
inline reply(c) { d_step {
  j = AT(c, 0); k = op[j]; version = value[j];
  if
  :: ISREAD(k) -> assert(version >= from[j]); if :: leased[j] -> releaseLeased() :: else -> releaseOtherRead() fi
#ifdef NOPURGE
  :: k == SET -> skip
#else
  :: k == SET -> purge()
#endif
#ifdef EARLYHOLD
  :: k == SCRIPT -> if :: news && version > heldBack[THIS] -> heldBack[THIS] = version :: else fi
#else
  :: k == SCRIPT -> if :: version > heldBack[NEXT] -> heldBack[NEXT] = version :: else fi
#endif
  :: k == SWAPDB -> swaps--; purge()
  :: k == PING -> if :: awaited[c] -> awaited[c] = 0; settle() :: else fi
#ifdef STALECONFIRM
  :: k == TRACKING -> if :: value[j] && gate -> ready[c] = 1 :: else fi
#else
  :: k == TRACKING -> if :: value[j] && gate && from[j] == feedNumber -> ready[c] = 1 :: else fi
#endif
  fi;
  if
  :: k < PING ->
     load[c]--;
#ifdef EARLYHOLD
     if :: version > seen && (k != SCRIPT || !news) -> seen = version :: else fi;
#endif
#ifdef NOHOLD
     if :: version > seen -> seen = version :: else fi;
#endif
#if !defined(EARLYHOLD) && !defined(NOHOLD)
     if :: version > seen && k != SCRIPT -> seen = version :: else fi;
#endif
     if :: c == 0 && behind != 0 -> assert(behind > version); behind = 0 :: else fi;
#ifdef JOINBEHIND
     if :: c == 0 && leased[j] && op[AT(c, 1)] == SET -> behind = version + 1 :: else fi
#endif
  :: else
  fi;
  shift(c); j = 0; k = 0; version = 0; observe() } }

/* PTTL's reply is in. */
inline store() { d_step {
  entry[fill - 1] = fillValue; SOURCE(fill - 1, lease); fill = 0; fillValue = 0; endLease(); observe() } }

inline start() { d_step {
  round = 1; feedAwaited = 1;
#ifdef PROMPT
  if :: feedOpen -> feed!PONG :: else fi;
#else
  feedAsked = 1;
#endif
  if :: doubt == NEXT -> doubt = THIS :: else fi;
  waiting[THIS] = waiting[NEXT]; waiting[NEXT] = 0;
#if defined(LOSSES) && !defined(FEEDONLY)
  /* While no connection can die, its answer would say nothing. */
  if :: ready[0] -> awaited[0] = 1; send(0, PING, 0, 0); SERVE(0) :: else fi;
  if :: ready[1] -> awaited[1] = 1; send(1, PING, 0, 0); SERVE(1) :: else fi
#endif
  } }

inline ask() { d_step {
  news = 1; heldBack[THIS] = heldBack[NEXT]; heldBack[NEXT] = 0;
#ifdef PROMPT
  if :: feedOpen -> feed!NEWS :: else -> skip fi
#else
  newsAsked = 1
#endif
  } }

/* The sidecar learns that the server closed the connection, and has a new one. */
inline notice(c) { d_step {
#ifndef NODROP
  if :: source[0] == c + 1 -> drop(0) :: else fi;
  if :: source[1] == c + 1 -> drop(1) :: else fi;
#endif
#ifndef KEEPLEASE
  if :: lease == c + 1 -> revoke() :: else fi;
#endif
  for (i : AT(c, 0) .. AT(c, DEPTH - 1)) { op[i] = 0; from[i] = 0; value[i] = 0; leased[i] = 0 };
  i = 0; sent[c] = 0; executed[c] = 0; load[c] = 0;
  open[c] = 1; ready[c] = 0; asking[c] = 0; awaited[c] = 0; settle() } }

inline noticeFeed() { d_step {
  do :: len(feed) != 0 -> feed?_ :: else -> break od;
  gate = 0; round = 0; news = 0; newsAsked = 0; feedAsked = 0; feedAwaited = 0; awaited[0] = 0; awaited[1] = 0;
  ready[0] = 0; ready[1] = 0; asking[0] = 0; asking[1] = 0;
#ifndef NOGATE
  purge();
#endif
  doubt = SETTLED; waiting[THIS] = 0; waiting[NEXT] = 0; deliver(THIS); deliver(NEXT) } }

#define QUIET (sent[0] + sent[1] + sent[2] == 0 && empty(feed) && fill == 0 && feedOpen && open[0] && open[1])

init {
  d_step {
    entry[0] = NONE; entry[1] = NONE; gate = 1; feedOpen = 1; open[0] = 1; open[1] = 1; open[2] = 1;
    redirects[0] = 1; redirects[1] = 1; asking[0] = 1; asking[1] = 1; ready[0] = 1; ready[1] = 1
  };
  do
  /* A session that has nothing outstanding for the key finds it there. */
  :: OPEN && doubt == SETTLED -> assert(entry[0] >= seen && entry[1] >= seen)   /* NONE is, too */
#ifdef NOBEHIND
  :: OPEN && doubt == SETTLED && entry[0] != NONE && op[0] == SET -> behind = entry[0] + 1
#endif
#ifdef NOBEHINDREAD
  :: OPEN && doubt == SETTLED && entry[0] != NONE && ISREAD(op[0]) -> behind = entry[0] + 1
#endif
#ifdef NOBEHINDHELD
  :: OPEN && doubt == SETTLED && entry[0] != NONE -> assert(entry[0] >= heldBack[THIS] && entry[0] >= heldBack[NEXT])
#endif
  /* It misses, or has commands outstanding, and then goes behind them whatever is there. */
  :: load[0] < LOAD0 && (entry[0] == NONE || load[0] != 0) -> miss(0, GET0)
  :: load[0] < LOAD0 && (entry[1] == NONE || load[0] != 0) -> miss(0, GET1)
  :: load[1] < LOAD1 && (entry[0] == NONE || load[1] != 0) -> miss(1, GET0)
  :: load[1] < LOAD1 && (entry[1] == NONE || load[1] != 0) -> miss(1, GET1)
  :: load[2] < LOAD2 -> miss(2, GET0)
  :: writes < WRITES && load[0] < LOAD0 -> change(0, SET)
  :: writes < WRITES && load[1] < LOAD1 -> change(1, SET)
  :: writes < WRITES && load[2] < LOAD2 -> change(2, SET)
#ifdef SCRIPTS
  :: writes < WRITES && load[0] < LOAD0 -> change(0, SCRIPT)
  :: writes < WRITES && load[2] < LOAD2 -> change(2, SCRIPT)
#endif
#ifdef SWAPS
  :: writes < WRITES && load[0] < LOAD0 -> change(0, SWAPDB)
  :: writes < WRITES && load[2] < LOAD2 -> change(2, SWAPDB)
#endif
  :: writes < WRITES -> d_step { writes++; write() }   /* a client that isn't ours */
#ifdef EVICTION
  :: entry[0] != NONE -> d_step { drop(0) }
#endif
  :: open[0] && executed[0] < sent[0] -> d_step { execute(0) }
  :: open[1] && executed[1] < sent[1] -> d_step { execute(1) }
  /* PTTL's reply is right behind the read's, so nothing comes between. */
  :: executed[0] != 0 && !(fill != 0 && lease == 1) -> reply(0)
  :: executed[1] != 0 && !(fill != 0 && lease == 2) -> reply(1)
  :: executed[2] != 0 -> reply(2)
  :: fill != 0 -> store()
  :: gate && !round && (doubt == NEXT || waiting[NEXT] != 0) -> start()
  :: gate && !news && heldBack[NEXT] != 0 -> ask()
  :: feedAsked && feedOpen -> d_step { feedAsked = 0; feed!PONG }
  :: newsAsked && feedOpen -> d_step { newsAsked = 0; feed!NEWS }
  :: len(feed) != 0 -> d_step {
       feed?k;
       if
       :: k == PONG -> feedAwaited = 0; settle()
       :: k == NEWS -> news = 0; deliver(THIS); observe()
#ifdef NOREVOKE
       :: else -> drop(0); drop(1)
#else
       :: else -> purge()
#endif
       fi;
       k = 0 }
#ifdef LOSSES
  :: open[0] && losses < LOSSES -> d_step { losses++; open[0] = 0; tracked[0] = 0; redirects[0] = 0 }
  :: !open[0] -> notice(0)
#endif
#ifdef FEEDLOSSES
  :: feedOpen && feedLosses < FEEDLOSSES -> d_step { feedLosses++; feedOpen = 0; redirects[0] = 0; redirects[1] = 0 }
  :: !feedOpen && gate -> noticeFeed()
  :: !feedOpen && !gate -> d_step { feedOpen = 1; gate = 1; feedNumber++ }
#endif
  :: gate && !asking[0] -> d_step { asking[0] = 1; send(0, TRACKING, feedNumber, 0); SERVE(0) }
  :: gate && !asking[1] -> d_step { asking[1] = 1; send(1, TRACKING, feedNumber, 0); SERVE(1) }
  :: QUIET -> assert((entry[0] == NONE || entry[0] == server) && (entry[1] == NONE || entry[1] == server) && lease == 0)
  od
}
