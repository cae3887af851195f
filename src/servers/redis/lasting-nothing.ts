/**
 * Commands after which a server is as it was before, once its keys and scripts are flushed and its clients are gone, named as in
 * `INFO commandstats`. A list of what is harmless, because a command of a newer Redis, or of a module, may do anything.
 */
export const LASTING_NOTHING: ReadonlySet<string> = new Set(
  [
    // Keys
    'copy del dump exists expire expireat expiretime keys move object|encoding object|freq object|idletime object|refcount persist pexpire',
    'pexpireat pexpiretime pttl randomkey rename renamenx restore scan sort sort_ro touch ttl type unlink memory|usage',
    // Strings and bits
    'append decr decrby get getdel getex getrange getset incr incrby incrbyfloat lcs mget mset msetnx psetex set setex setnx setrange strlen',
    'substr bitcount bitfield bitfield_ro bitop bitpos getbit setbit pfadd pfcount pfmerge',
    // Hashes
    'hdel hexists hexpire hexpireat hexpiretime hget hgetall hgetdel hgetex hincrby hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire',
    'hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex hsetnx hstrlen httl hvals',
    // Lists
    'blmove blmpop blpop brpop brpoplpush lindex linsert llen lmove lmpop lpop lpos lpush lpushx lrange lrem lset ltrim rpop rpoplpush rpush',
    'rpushx',
    // Sets and sorted sets
    'sadd scard sdiff sdiffstore sinter sintercard sinterstore sismember smembers smismember smove spop srandmember srem sscan sunion',
    'sunionstore bzmpop bzpopmax bzpopmin zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore',
    'zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore',
    'zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion zunionstore',
    'geoadd geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore',
    // Streams
    'xack xadd xautoclaim xclaim xdel xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy xgroup|setid xinfo|consumers',
    'xinfo|groups xinfo|stream xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim',
    // Messages, transactions, scripts
    'publish spublish psubscribe punsubscribe ssubscribe subscribe sunsubscribe unsubscribe pubsub|channels pubsub|numpat pubsub|numsub',
    'discard exec multi unwatch watch eval eval_ro evalsha evalsha_ro script|exists script|flush script|load',
    // Connections, and looking at the server
    'auth client|getname client|id client|info client|kill client|list client|setinfo client|setname echo hello ping quit reset select',
    'command command|count command|docs command|info command|list dbsize flushall flushdb info slowlog|get slowlog|len slowlog|reset',
    'latency|reset time',
  ].flatMap((names) => names.split(' ')),
)
