import Foundation
import TestSupport
import Testing

@testable import ocm

@Suite("What a control group leaves of the machine")
struct AvailableResourcesTests {
    private static let machineMemory = 16 << 30
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Resources under groups whose files are these, by path.
    private func resources(_ membership: String, _ files: [String: String]) throws -> AvailableResources {
        for (path, text) in files {
            let url = URL(fileURLWithPath: "\(directory.path)/cgroup/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try "\(text)\n".write(to: url, atomically: true, encoding: .utf8)
        }
        try membership.write(toFile: directory.path + "/membership", atomically: true, encoding: .utf8)
        return AvailableResources(
            controlGroup: ControlGroup(mount: directory.path + "/cgroup", membership: directory.path + "/membership"),
            physicalMemory: Self.machineMemory,
            processorCount: 8
        )
    }

    @Test("version 2, in a container that sees only its own group")
    func container() throws {
        let found = try resources("0::/\n", ["memory.max": "268435456", "cpu.max": "150000 100000"])
        #expect(found.memory == 256 << 20 && found.memoryLimit == 128 << 20)
        #expect(found.processors == 2)
    }

    @Test("version 2, where the groups above are seen: the smallest limit counts")
    func nested() throws {
        let found = try resources(
            "0::/system.slice/ocm.service\n",
            [
                "system.slice/ocm.service/memory.max": "max", "system.slice/memory.max": "1073741824",
                "system.slice/ocm.service/cpu.max": "400000 100000", "system.slice/cpu.max": "max 100000",
            ]
        )
        #expect(found.memory == 1 << 30)
        #expect(found.processors == 4)
    }

    @Test("version 2, a path that names groups outside")
    func hidden() throws {
        let found = try resources("0::/../../kubepods/pod1\n", ["memory.max": "134217728", "cpu.max": "10000 100000"])
        #expect(found.memory == 128 << 20)
        #expect(found.processors == 1)
    }

    @Test("version 1, with controllers that share a hierarchy")
    func versionOne() throws {
        let found = try resources(
            "4:memory:/docker/c1\n3:cpu,cpuacct:/docker/c1\n2:cpuset:/\n",
            [
                "memory/memory.limit_in_bytes": "536870912",
                "cpu/docker/c1/cpu.cfs_quota_us": "250000", "cpu/docker/c1/cpu.cfs_period_us": "100000",
                "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000",
            ]
        )
        #expect(found.memory == 512 << 20)
        #expect(found.processors == 3)
    }

    @Test("no limit is the machine's own")
    func unlimited() throws {
        for (membership, files) in [
            ("", [:]),
            ("0::/\n", ["memory.max": "max", "cpu.max": "max 100000"]),
            (
                "4:memory:/\n3:cpu:/\n",
                ["memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1"]
            ),
            ("0::/\n", ["memory.max": "99999999999999", "cpu.max": "6400000 100000"]),
            ("nonsense\n0::/\n", ["memory.max": "", "cpu.max": "lots"]),
        ] {
            let found = try resources(membership, files)
            #expect(found.memory == Self.machineMemory && found.processors == 8)
        }
    }

    @Test("this machine's own groups can be read")
    func here() {
        let found = AvailableResources()
        #expect(found.memory > 0 && found.memory <= ProcessInfo.processInfo.physicalMemory)
        #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(found.processors))
    }
}
