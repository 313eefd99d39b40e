import RESP

/// How a command gives a time to expire at, and when that is. Source: Redis 7.0 `t_string.c`, `expire.c`.
struct ExpireTime: Equatable {
    /// What it counts.
    enum Unit: Int {
        case seconds = 1000
        case milliseconds = 1
    }

    let unit: Unit
    /// Whether it counts from 1970 rather than from now.
    let isAbsolute: Bool

    /// The option `EX`, `PX`, `EXAT` or `PXAT`.
    init?(_ call: Call, _ index: Int) {
        if call.argument(index, is: "ex") {
            self.init(unit: .seconds, isAbsolute: false)
        } else if call.argument(index, is: "px") {
            self.init(unit: .milliseconds, isAbsolute: false)
        } else if call.argument(index, is: "exat") {
            self.init(unit: .seconds, isAbsolute: true)
        } else if call.argument(index, is: "pxat") {
            self.init(unit: .milliseconds, isAbsolute: true)
        } else {
            return nil
        }
    }

    init(unit: Unit, isAbsolute: Bool) {
        self.unit = unit
        self.isAbsolute = isAbsolute
    }

    /// Unix time in ms at which `amount` is over.
    func deadline(
        _ amount: Int,
        _ now: Int64,
        of call: Call,
        mustBePositive: Bool
    ) throws(CommandError) -> Int64 {
        if mustBePositive, amount <= 0 { throw .invalidExpireTime(call.name) }
        let (milliseconds, overflow) = amount.multipliedReportingOverflow(by: unit.rawValue)
        if isAbsolute {
            guard !overflow else { throw .invalidExpireTime(call.name) }
            // The largest number stands for no deadline at all.
            return min(Int64(milliseconds), Entry.never - 1)
        }
        let (deadline, late) = milliseconds.addingReportingOverflow(Int(now))
        guard !overflow, !late, deadline != Entry.never else { throw .invalidExpireTime(call.name) }
        return Int64(deadline)
    }
}
