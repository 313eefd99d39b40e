import Testing

@testable import CommandDispatch

@Suite("Errors among the elements of an array")
struct ElementErrorsTests {
    @Test(
        "one is found, however the array is cut",
        arguments: [
            ("*1\r\n-ERR no\r\n", true), ("*2\r\n+OK\r\n-NOPERM no\r\n", true), ("*2\r\n-ERR no\r\n:1\r\n", true),
            ("*2\r\n+OK\r\n$2\r\n-1\r\n", false), ("*1\r\n*1\r\n+-\r\n", false), ("*0\r\n", false),
            ("*2\r\n%1\r\n$1\r\n-\r\n:-1\r\n$-1\r\n", false), ("*2\r\n$5\r\n\r\n-x\r\n\r\n:-1\r\n", false),
        ]
    )
    func found(reply: String, isFound: Bool) {
        let bytes = Array(reply.utf8)
        for size in 1...bytes.count {
            var errors = ElementErrors()
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { errors.receive($0) }
            }
            #expect(errors.isFound == isFound)
        }
    }
}
