import Foundation

/// The address under which other machines know this one, if it has such an address.
func addressForOthers() -> String? {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return nil }
    defer { freeifaddrs(list) }
    for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
        guard let address = entry?.pointee.ifa_addr, address.pointee.sa_family == AF_INET else { continue }
        let internet = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
        guard UInt32(bigEndian: internet.sin_addr.s_addr) >> 24 != 127 else { continue }
        return String(cString: inet_ntoa(internet.sin_addr))
    }
    return nil
}

/// Whether this machine has an IPv6 address that only itself can reach.
func hasIPv6Loopback() -> Bool {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return false }
    defer { freeifaddrs(list) }
    return sequence(first: list, next: { $0?.pointee.ifa_next }).contains { entry in
        guard let address = entry?.pointee.ifa_addr, address.pointee.sa_family == AF_INET6 else { return false }
        let internet = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_addr }
        return withUnsafeBytes(of: internet) { $0.elementsEqual([UInt8](repeating: 0, count: 15) + [1]) }
    }
}
