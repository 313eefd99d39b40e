/// The HTTP requests that one event loop has answered, in counters that anybody may read.
public final class HTTPCounters: Sendable {
    /// How often something was answered.
    public struct Entry: Sendable, Equatable {
        /// What was asked for.
        public let route: HTTPRoute
        /// With which method.
        public let verb: HTTPVerb
        /// The hundreds of the status: 2 for 200 to 299.
        public let statusClass: Int
        /// How often.
        public let count: Int
    }

    private static let routes = HTTPRoute.allCases.count
    private static let verbs = HTTPVerb.allCases.count
    /// Statuses from 100 to 599.
    private static let classes = 5

    /// How long requests took, from having been read to having their answers written.
    public let durations = LatencyHistogram()
    private let counters = CounterArray(count: routes * verbs * classes)

    /// Counters at zero.
    public init() {}

    /// Counts an answer; `route` is the raw value of an ``HTTPRoute``. Only the loop that owns the counters may call
    /// this.
    @inline(__always)
    public func count(route: Int, verb: HTTPVerb = .other, status: Int) {
        counters.add(1, at: Self.place(route, verb.rawValue, status / 100))
    }

    /// The counts of several loops together, those that are zero left out.
    public static func merged(_ loops: [HTTPCounters]) -> [Entry] {
        let counts = loops.map { $0.counters.current }
        var entries: [Entry] = []
        for route in HTTPRoute.allCases {
            for verb in HTTPVerb.allCases {
                for statusClass in 1...classes {
                    let place = place(route.rawValue, verb.rawValue, statusClass)
                    let count = counts.reduce(0) { $0 + $1[place] }
                    guard count > 0 else { continue }
                    entries.append(Entry(route: route, verb: verb, statusClass: statusClass, count: count))
                }
            }
        }
        return entries
    }

    /// The counts now, those that are zero left out.
    public var current: [Entry] { Self.merged([self]) }

    /// Where a count lies. A status class that there isn't is the nearest one.
    @inline(__always)
    private static func place(_ route: Int, _ verb: Int, _ statusClass: Int) -> Int {
        (route * verbs + verb) * classes + min(max(statusClass, 1), classes) - 1
    }
}
