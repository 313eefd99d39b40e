import FoundationEssentials

/// What this process may use of the machine, from which `auto` follows.
struct AvailableResources {
    /// Bytes of memory.
    let memory: Int
    /// Processors, of whose last it may have only a part of the time.
    let processors: Int

    /// What a control group allows of what a machine has.
    init(
        controlGroup: ControlGroup = ControlGroup(),
        physicalMemory: Int = Int(clamping: ProcessInfo.processInfo.physicalMemory),
        processorCount: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        memory = min(controlGroup.memoryLimit ?? .max, physicalMemory)
        let quota = controlGroup.processorQuota?.rounded(.up) ?? .infinity
        processors = max(1, Int(min(quota, Double(processorCount))))
    }

    /// What the cache may take of the memory: the other half is for clients' buffers, the process itself, and others.
    var memoryLimit: Int { max(1, memory / 2) }
}
