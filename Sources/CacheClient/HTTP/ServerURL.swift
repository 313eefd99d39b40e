#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a server's URL may be.
enum ServerURL {
    /// The URL to put an API's path behind.
    ///
    /// - Throws: ``CacheClientError/Code/invalidURL``; the message doesn't show a password.
    static func checked(_ text: String) throws(CacheClientError) -> String {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host, !host.isEmpty, url.query == nil, url.fragment == nil
        else {
            throw CacheClientError(.invalidURL, "'\(text)' is no server's URL: write it as \(CacheClient.defaultURL)")
        }
        guard url.user == nil else {
            throw CacheClientError(.invalidURL, "a URL with a user in it isn't understood: give a token instead")
        }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }
}
