/// The commands that a stream is made of, one a line, with a letter behind `$` for each argument that is drawn.
extension CommandStream {
    /// All types.
    static let redis = """
        SET $s $v
        SET $s $v NX
        SET $s $v XX GET
        SET $s $v EX 1000 KEEPTTL
        SET $s $v PXAT 99999999999999
        set $s $n
        GET $k
        GET $s
        GETDEL $s
        GETEX $s PERSIST
        GETSET $s $v
        GETRANGE $s $n $i
        SETRANGE $s $i $v
        APPEND $s $v
        STRLEN $s
        INCR $s
        INCRBY $s $n
        DECRBY $s $n
        INCRBYFLOAT $s $f
        MGET $s $k $k
        MSET $s $v $s $v
        MSETNX $s $v $s $v
        LCS $s $s
        SETBIT $s $i 1
        GETBIT $s $i
        BITCOUNT $s 0 $i
        BITFIELD $s INCRBY u8 $i 10 GET u4 0
        BITOP XOR $s $s $s
        BITPOS $s 1
        DEL $k
        UNLINK $k $k
        EXISTS $k $k $k
        TYPE $k
        EXPIRE $k 1000
        EXPIREAT $k 99999999999
        SET e $v PXAT 99999999999999
        EXPIREAT e 88888888888
        EXPIRETIME e
        PERSIST e
        PERSIST $k
        RENAME $k $k
        COPY $k $k REPLACE
        MOVE $k $i
        OBJECT ENCODING $k
        TOUCH $k $k
        SORT $l ALPHA LIMIT 0 $i
        SORT $l
        DUMP $s
        RESTORE $k 0 $v
        LPUSH $l $v $v
        RPUSH $l $v
        RPUSHX $l $v
        LPOP $l
        RPOP $l $i
        LRANGE $l 0 -1
        LINDEX $l $n
        LINSERT $l BEFORE $v $v
        LLEN $l
        LPOS $l $v
        LREM $l $n $v
        LSET $l $n $v
        LTRIM $l 0 $i
        LMOVE $l $l LEFT RIGHT
        LMPOP 2 $l $l LEFT COUNT $i
        BLPOP $l $l 0.01
        BLMOVE $l $l RIGHT LEFT 0.01
        BLMPOP 0.01 2 $l $l RIGHT
        HSET $h $m $v $m $v
        HSETNX $h $m $v
        HGET $h $m
        HMGET $h $m $m $m
        HGETALL $h
        HKEYS $h
        HVALS $h
        HLEN $h
        HDEL $h $m
        HEXISTS $h $m
        HINCRBY $h $m $n
        HINCRBYFLOAT $h $m $f
        HSTRLEN $h $m
        SADD $S $m $m $m
        SADD $S $n $i
        SREM $S $m
        SMEMBERS $S
        SISMEMBER $S $m
        SMISMEMBER $S $m $m
        SCARD $S
        SINTER $S $S
        SUNION $S $S
        SDIFF $S $S
        SINTERCARD 2 $S $S
        SUNIONSTORE $S $S $S
        SMOVE $S $S $m
        ZADD $z $f $m $i $m
        ZADD $z GT CH $i $m
        ZADD $z INCR $f $m
        ZINCRBY $z $f $m
        ZSCORE $z $m
        ZMSCORE $z $m $m
        ZRANK $z $m
        ZCARD $z
        ZCOUNT $z -inf $i
        ZRANGE $z 0 -1 WITHSCORES
        ZRANGE $z (1 +inf BYSCORE LIMIT 0 5
        ZRANGEBYLEX $z - +
        ZREVRANGE $z 0 $i
        ZPOPMIN $z
        ZPOPMAX $z 2
        BZPOPMIN $z $z 0.01
        ZREM $z $m
        ZUNIONSTORE $z 2 $z $z WEIGHTS 2 3
        ZINTER 2 $z $z WITHSCORES
        ZDIFF 2 $z $z
        ZREMRANGEBYRANK $z 5 10
        XADD $x 1-$i f $v
        XADD $x $i-1 f $v g $v
        XLEN $x
        XRANGE $x - +
        XREVRANGE $x + - COUNT 2
        XREAD COUNT 2 STREAMS $x 0
        XREAD BLOCK 10 STREAMS $x 99
        XGROUP CREATE $x group 0 MKSTREAM
        XREADGROUP GROUP group me COUNT 1 STREAMS $x >
        XACK $x group 1-1
        XPENDING $x group
        XDEL $x 1-1
        XTRIM $x MAXLEN 5
        XINFO GROUPS $x
        PFADD $p $v $v
        PFCOUNT $p $p
        PFMERGE $p $p
        GEOADD $g $i $i $m
        GEODIST $g $m $m km
        GEOPOS $g $m $m
        GEOHASH $g $m
        GEOSEARCH $g FROMLONLAT 1 1 BYRADIUS 500 km ASC
        EVAL return{KEYS[1],ARGV[1],redis.call('GET',KEYS[1])} 1 $s $v
        EVAL return{1,{2,'x'},false,redis.status_reply('FINE')} 0
        EVAL return{double=3.5} 0
        EVAL return(redis.call('NOSUCH')) 0
        EVAL_RO return(redis.call('SET',KEYS[1],'1')) 1 $s
        EVALSHA 0000000000000000000000000000000000000000 0
        SCRIPT EXISTS 0000000000000000000000000000000000000000
        MULTI
        MULTI
        EXEC
        EXEC
        EXEC
        DISCARD
        WATCH $k
        UNWATCH
        SELECT $i
        SELECT 0
        SELECT 0
        SELECT 99
        SWAPDB 0 1
        DBSIZE
        FLUSHDB
        PING
        PING $v
        ECHO $v
        NOSUCH $v $v
        GET
        PUBLISH channel $v
        PUBSUB NUMSUB channel
        COMMAND COUNT
        COMMAND INFO get set nosuch
        COMMAND GETKEYS MSET $s $v $s $v
        CONFIG GET maxmemory*
        CONFIG SET nosuch 1
        CLIENT SETNAME name
        CLIENT GETNAME
        CLIENT SETNAME $v
        CLIENT NOSUCH
        AUTH wrong
        AUTH no body
        HELLO 9
        WAIT 0 0
        RESET
        FUNCTION LIST
        ACL WHOAMI
        DEBUG NOSUCH
        """

    /// What somebody else writes meanwhile.
    static let writes = """
        SET $s $v
        SET $s $v EX 1000
        APPEND $s $v
        SETRANGE $s $i $v
        INCR $s
        MSET $s $v $s $v
        GETDEL $s
        DEL $k
        DEL $k $k
        HSET $h $m $v $m $v
        HDEL $h $m
        HINCRBY $h $m 3
        RPUSH $l $v $v
        LPOP $l
        LSET $l 0 $v
        LTRIM $l 0 3
        SADD $S $m $m
        SREM $S $m
        ZADD $z $f $m
        ZREM $z $m
        ZINCRBY $z 2 $m
        PFADD $p $m
        GEOADD $g 13.361389 38.115556 $m
        EXPIRE $k 1000
        PEXPIREAT $k 1
        PERSIST $k
        RENAME $k $k
        COPY $k $k REPLACE
        SUNIONSTORE $S $S $S
        ZUNIONSTORE $z 2 $z $z
        SORT $l ALPHA STORE $l
        MOVE $k 1
        SELECT 1
        SELECT 0
        FLUSHDB
        """

    /// What the embedded store serves.
    static let embedded = """
        SET $s $v
        SET $s $v NX
        SET $s $v XX GET
        SET $s $v EX 1000 KEEPTTL
        SET $s $v PXAT 99999999999999
        SET $s $v EX $n
        SET $s $v PX 99999999999 GET
        SET $s $v KEEPTTL
        set $s $n
        SETNX $s $v
        SETEX $s 1000 $v
        SETEX $s $n $v
        PSETEX $s 100000 $v
        GET $k
        GET $s
        GETDEL $k
        GETEX $k PERSIST
        GETEX $s EX 1000
        GETEX $s EXAT 1
        GETEX $s PERSIST EX 3
        GETSET $k $v
        GETRANGE $s $n $n
        SUBSTR $s $n $i
        SETRANGE $s $i $v
        SETRANGE $s $n $v
        SETRANGE $k 536870912 $v
        APPEND $k $v
        STRLEN $k
        INCR $k
        DECR $s
        INCRBY $s $n
        DECRBY $s $n
        INCRBYFLOAT $s $f
        INCRBYFLOAT $s $v
        MGET $s $k $k
        MSET $s $v $s $v
        MSETNX $s $v $s $v
        DEL $k
        UNLINK $k $k
        EXISTS $k $k $k
        TYPE $k
        EXPIRE $k 1000
        EXPIRE $k $n
        EXPIRE $k 2000 NX
        EXPIREAT $k 77777777777 GT
        EXPIRE $k 100 LT
        PEXPIREAT $k 66666666666666 XX GT
        EXPIRE $k 100 NX LT
        EXPIRE $k 100 $v
        PEXPIRE $k 10000000
        EXPIREAT $k 99999999999
        EXPIREAT $k $n
        PEXPIREAT $k 99999999999999
        SET e $v PXAT 99999999999999
        EXPIREAT e 88888888888
        EXPIRETIME e
        PEXPIRETIME e
        PERSIST e
        PERSIST $k
        RENAME $k $k
        RENAMENX $k $k
        COPY $k $k REPLACE
        COPY $k $k DB $i REPLACE
        COPY $k $k
        MOVE $k $i
        MOVE $k $v
        TOUCH $k $k
        HSET $h $m $v $m $v
        HSET $h $m $v
        HSET $k $m $v
        HMSET $h $m $v $m $v
        HSETNX $h $m $v
        HGET $h $m
        HGET $k $m
        HMGET $h $m $m $m
        HMGET $k $m
        HGETALL $k
        HKEYS $h
        HVALS $h
        HLEN $k
        HDEL $h $m $m
        HDEL $k $m
        HEXISTS $h $m
        HINCRBY $h $m $n
        HINCRBY $k n $n
        HINCRBYFLOAT $h $m $f
        HINCRBYFLOAT $h f $f
        HSTRLEN $h $m
        HRANDFIELD $h 100 WITHVALUES
        HRANDFIELD $h 0
        HRANDFIELD $k $v
        HSCAN $h 0
        HSCAN $h 0 MATCH m1* COUNT 1000
        HSCAN $h $v
        SCAN 0 COUNT 10000
        SCAN 0 COUNT 10000 MATCH h* TYPE hash
        SCAN 0 COUNT 0
        SCAN x
        KEYS *
        KEYS [hs][0-3]
        KEYS $k
        DBSIZE
        SELECT $i
        SELECT 0
        SELECT 0
        SELECT 99
        SELECT x
        SWAPDB 0 1
        SWAPDB 0 $v
        FLUSHDB
        FLUSHALL ASYNC
        FLUSHDB $v
        PING
        PING $v
        PING $v $v
        ECHO $v
        COMMAND GETKEYS MSET $s $v $s $v
        CONFIG GET save
        CLIENT SETNAME name
        CLIENT GETNAME
        HELLO 9
        RESET
        """
}
