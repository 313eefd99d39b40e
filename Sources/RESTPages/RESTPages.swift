/// The documents that the REST listener serves, as they lie in `Resources`, embedded in the binary.
public enum RESTPages {
    /// The dashboard: one HTML page with all that it needs.
    public static let dashboard: [UInt8] = PackageResources.dashboard_html
    /// The OpenAPI 3.1 description of the REST API.
    public static let openAPI: [UInt8] = PackageResources.openapi_json
}
