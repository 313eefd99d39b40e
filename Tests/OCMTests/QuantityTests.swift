import Testing

@testable import ocm

@Suite("Numbers for people")
struct QuantityTests {
    @Test(
        "counts",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1234, "-1,234"), (-999, "-999"),
            (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
        ]
    )
    func count(number: Int, text: String) {
        #expect(Quantity.count(number) == text)
    }

    @Test(
        "sizes",
        arguments: [
            (0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (100 << 20, "100.0 MiB"), (1 << 30, "1.0 GiB"),
            (5 << 40, "5.0 TiB"), (5 << 50, "5,120.0 TiB"),
        ]
    )
    func size(bytes: Int, text: String) {
        #expect(Quantity.size(bytes) == text)
    }

    @Test(
        "fractions",
        arguments: [
            (0.0, 3, "0.000"), (0.0004, 3, "0.000"), (0.0005, 3, "0.001"), (1.005, 0, "1"), (1234.5, 1, "1,234.5"),
            (-0.25, 2, "-0.25"), (9.999, 2, "10.00"), (.nan, 1, "?"), (.infinity, 1, "?"), (1e300, 1, "?"),
        ]
    )
    func decimal(number: Double, digits: Int, text: String) {
        #expect(Quantity.decimal(number, digits: digits) == text)
    }

    @Test(
        "durations",
        arguments: [
            (0.0, "0s"), (0.9, "0s"), (59.0, "59s"), (60.0, "1m 0s"), (750.0, "12m 30s"), (15_120.0, "4h 12m"),
            (273_600.0, "3d 4h"), (-5.0, "0s"), (.nan, "?"), (1e300, "11574074d 1h"),
        ]
    )
    func duration(seconds: Double, text: String) {
        #expect(Quantity.duration(seconds: seconds) == text)
    }
}
