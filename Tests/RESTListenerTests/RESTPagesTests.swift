import RESTPages
import Testing

struct RESTPagesTests {
    @Test func pagesAreEmbedded() {
        #expect(RESTPages.dashboard.starts(with: Array("<!doctype html>".utf8)))
        #expect(RESTPages.openAPI.starts(with: Array("{".utf8)))
    }
}
