/// One figure of a family.
struct MetricSample {
    /// What tells it from the family's others. Prometheus keeps a time series for every combination that it ever met,
    /// so only what has few values may be a label: never a key or a client.
    let labels: [(name: String, value: String)]
    /// The figure as it is written.
    let value: String

    init(_ value: Int, _ labels: (name: String, value: String)...) {
        self.value = "\(value)"
        self.labels = labels
    }

    init(_ value: Double, _ labels: (name: String, value: String)...) {
        self.value = "\(value)"
        self.labels = labels
    }
}
