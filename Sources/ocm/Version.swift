/// The product's version: of what CHANGELOG.md has as unreleased, until it is. The Python client has the same, as its
/// tests check.
enum Version {
    static let current = "0.1.0"
}
