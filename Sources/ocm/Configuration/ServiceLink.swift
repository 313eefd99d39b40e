/// The variables that Kubernetes gives the containers of a pod about each Service of its namespace, if that isn't
/// turned off.
///
/// Those of a Service called `ocm` begin as our options do: `OCM_SERVICE_HOST`, `OCM_SERVICE_PORT`, `OCM_PORT`,
/// `OCM_PORT_6380_TCP` and so on. So do those of one called `ocm-redis`, such as `OCM_REDIS_PORT`.
enum ServiceLink {
    /// Whether it is what stands in the place of a port: `tcp://10.0.0.1:6380`.
    static func isPort(_ name: String, _ value: String) -> Bool {
        name.hasSuffix("_PORT") && ["tcp://", "udp://", "sctp://"].contains { value.hasPrefix($0) }
    }

    /// Whether it is one of the others, which no option is called like.
    static func isOther(_ name: String) -> Bool {
        name.hasSuffix("_SERVICE_HOST") || name.firstMatch(of: /_SERVICE_PORT(_\w+)?$/) != nil
            || name.firstMatch(of: /_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/) != nil
    }
}
