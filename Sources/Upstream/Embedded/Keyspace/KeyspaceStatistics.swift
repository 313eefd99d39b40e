/// What a keyspace has counted since it was made, or since `CONFIG RESETSTAT`; by the names that `INFO` has for it.
struct KeyspaceStatistics {
    var totalCommandsProcessed = 0
    var keyspaceHits = 0
    var keyspaceMisses = 0
    var expiredKeys = 0
    var evictedKeys = 0
}
