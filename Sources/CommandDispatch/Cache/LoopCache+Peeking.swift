import LocalCache
import RESP

extension LoopCache {
    /// How long the string at `key` lives on, in milliseconds; nil if it isn't here, or its key has no end.
    func remainingLife(ofKey key: UnsafeRawBufferPointer, namespace: UInt16) -> Int? {
        cache.remainingLife(CacheID(hash: hash(key), key: key, namespace: namespace), now: now)
    }

    /// Whether a command's key is worth a look-up.
    func wouldAdmit(_ command: Command) -> Bool { admission.wouldAdmit(hash(command[1])) }

    /// Whether the reply to a command whose key isn't found would be kept.
    func wouldKeep(_ command: Command) -> Bool { admission.wouldKeep(hash(command[1])) }

    /// What each question of a command would find; none if it can't be answered from the cache.
    func peek(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ version: RESPVersion,
        _ namespace: UInt16
    ) -> [CacheLookup] {
        switch spec.pointee.caching {
        case .never: return []
        case .string where command.count != 2: return []
        case .string, .strings:
            let arguments = 1..<max(1, command.count)
            guard arguments.count <= Self.mostKeys,
                arguments.allSatisfy({ command[$0].count <= CacheID.longestPart })
            else { return [] }
            return arguments.map { index in
                let key = command[index]
                return cache.peek(CacheID(hash: hash(key), key: key, namespace: namespace), now: now)
            }
        case .reply, .hashReply, .fieldsReply:
            return withQuestion(command, spec, version, namespace) { cache.peek($0, now: now) }.map { [$0] } ?? []
        }
    }
}
