import Testing

@testable import Stats

@Suite("HTTP counters")
struct HTTPCountersTests {
    @Test("answers are counted by route, method and status class")
    func counts() {
        let counters = HTTPCounters()
        #expect(counters.current.isEmpty)
        counters.count(route: HTTPRoute.key.rawValue, verb: .get, status: 200)
        counters.count(route: HTTPRoute.key.rawValue, verb: .get, status: 204)
        counters.count(route: HTTPRoute.key.rawValue, verb: .delete, status: 404)
        counters.count(route: HTTPRoute.other.rawValue, status: 503)
        #expect(
            counters.current == [
                .init(route: .key, verb: .get, statusClass: 2, count: 2),
                .init(route: .key, verb: .delete, statusClass: 4, count: 1),
                .init(route: .other, verb: .other, statusClass: 5, count: 1),
            ]
        )
    }

    @Test("a status that no class has counts in the nearest one")
    func oddStatuses() {
        let counters = HTTPCounters()
        counters.count(route: HTTPRoute.healthcheck.rawValue, verb: .get, status: 0)
        counters.count(route: HTTPRoute.other.rawValue, verb: .other, status: 999)
        #expect(counters.current.map(\.statusClass) == [1, 5])
    }

    @Test("every combination has a counter of its own")
    func combinations() {
        let counters = HTTPCounters()
        for route in HTTPRoute.allCases {
            for verb in HTTPVerb.allCases {
                for status in stride(from: 100, through: 500, by: 100) {
                    counters.count(route: route.rawValue, verb: verb, status: status)
                }
            }
        }
        #expect(counters.current.count == HTTPRoute.allCases.count * HTTPVerb.allCases.count * 5)
        #expect(counters.current.allSatisfy { $0.count == 1 })
    }

    @Test("several loops' counts add up")
    func merging() {
        let loops = [HTTPCounters(), HTTPCounters()]
        loops[0].count(route: HTTPRoute.stats.rawValue, verb: .get, status: 200)
        loops[1].count(route: HTTPRoute.stats.rawValue, verb: .get, status: 200)
        loops[1].count(route: HTTPRoute.keys.rawValue, verb: .get, status: 401)
        #expect(
            HTTPCounters.merged(loops) == [
                .init(route: .stats, verb: .get, statusClass: 2, count: 2),
                .init(route: .keys, verb: .get, statusClass: 4, count: 1),
            ]
        )
        #expect(HTTPCounters.merged([]).isEmpty)
    }

    @Test("names are distinct")
    func names() {
        #expect(Set(HTTPRoute.allCases.map(\.name)).count == HTTPRoute.allCases.count)
        #expect(HTTPVerb.allCases.map(\.name) == ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "other"])
    }
}
