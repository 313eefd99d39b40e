/// Which of an ``EntryStore``'s queues.
enum QueueKind: UInt8 {
    /// What is new.
    case small
    /// What has left the small queue unhit, compressed.
    case cold
    /// What was hit.
    case main

    /// The queue to look at after this one, when all are.
    var next: QueueKind {
        switch self {
        case .small: .cold
        case .cold: .main
        case .main: .small
        }
    }
}
