import Foundation

/// Looks until `condition` holds; fails when that takes longer than `seconds`.
public func waitUntil(
    _ what: String,
    within seconds: Double = 15,
    _ condition: () throws -> Bool
) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
        guard Date() < deadline else { throw TestError("waited \(seconds) s in vain until \(what)") }
        usleep(2000)
    }
}
