import Foundation
import TestSupport

/// Counts the allocations of a process from outside, by what `counter.c` beside this file puts in malloc's place.
final class AllocationCounter {
    private let directory: TemporaryDirectory
    private let memory: UnsafeMutableRawPointer

    init() throws {
        directory = try TemporaryDirectory()
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/counter.c"
        let compiler = try TestProcess(
            "/usr/bin/env",
            ["clang", "-O2", "-shared", "-fPIC", "-o", directory.path + "/counter.so", source],
            output: directory.path + "/clang.log"
        )
        guard try compiler.waitForExit(within: 60) == 0 else { throw TestError("clang: \(compiler.output)") }
        let file = open(directory.path + "/count", O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        let size = MemoryLayout<UInt>.size
        guard ftruncate(file, size) == 0,
            let mapped = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), mapped != MAP_FAILED
        else { throw TestError("can't map the count: \(String(cString: strerror(errno)))") }
        memory = mapped
    }

    deinit { munmap(memory, MemoryLayout<UInt>.size) }

    /// What has the allocations of a process counted.
    var environment: [String: String] {
        ["LD_PRELOAD": directory.path + "/counter.so", "ALLOCATION_COUNTER": directory.path + "/count"]
    }

    /// How many there have been.
    var count: UInt { memory.load(as: UInt.self) }
}
