import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCommandTable, findKeys, isBlocking, isScript, type CommandTable } from '../../../src/wire/redis/command-table.js'
import { openRedis, type OpenedRedis } from './opened-redis.js'

let redis: OpenedRedis
let raw: unknown
let table: CommandTable

beforeAll(async () => {
  redis = await openRedis()
  raw = await redis.send('COMMAND')
  table = createCommandTable(raw)
})
afterAll(() => redis?.close())

const CALLS =
  `GET k|SET k v|SET k v EX 5 GET|MGET a b c|MSET a 1 b 2|MSETNX a 1 b 2|GETEX k EX 5|GETDEL k|GETSET k v|GETRANGE k 0 1|SETRANGE k 0 x
APPEND k v|INCR k|INCRBY k 2|INCRBYFLOAT k 1.5|DECR k|STRLEN k|SETNX k v|SETEX k 5 v|PSETEX k 5 v|LCS a b|BITCOUNT k|BITOP AND d a b|BITFIELD k GET u8 0
BITFIELD_RO k GET u8 0|BITPOS k 1|GETBIT k 1|SETBIT k 1 1|DEL a b|UNLINK a b|EXISTS a b|EXPIRE k 5|PEXPIREAT k 5|TTL k|PTTL k|TYPE k|TOUCH a b|PERSIST k
RENAME a b|RENAMENX a b|COPY a b|COPY a b DB 1 REPLACE|MOVE k 1|DUMP k|RESTORE k 0 x|OBJECT ENCODING k|OBJECT FREQ k|MEMORY USAGE k|SORT k|SORT k STORE d
SORT k BY w_* GET # GET x_* LIMIT 0 1 STORE d|SORT k STORE d STORE e|SORT_RO k|HSET k f v|HGET k f|HMGET k f g|HGETALL k|HDEL k f|HEXISTS k f|HINCRBY k f 1
HSCAN k 0|HRANDFIELD k|LPUSH k v|RPUSH k v|LRANGE k 0 1|LINDEX k 0|LPOS k v|LMOVE a b LEFT RIGHT|RPOPLPUSH a b|LMPOP 2 a b LEFT|BLMPOP 1 2 a b LEFT
BLPOP a b 1|BRPOP a b 1|BLMOVE a b LEFT RIGHT 1|BRPOPLPUSH a b 1|SADD k m|SMEMBERS k|SISMEMBER k m|SMISMEMBER k a b|SINTER a b|SINTERSTORE d a b
SINTERCARD 2 a b LIMIT 1|SUNIONSTORE d a b|SDIFF a b|SMOVE a b m|SPOP k|SSCAN k 0|ZADD k 1 m|ZSCORE k m|ZMSCORE k a b|ZRANGE k 0 1|ZRANGESTORE d s 0 1
ZUNIONSTORE d 2 a b WEIGHTS 1 2|ZINTERSTORE d 1 a|ZDIFFSTORE d 2 a b|ZUNION 2 a b|ZINTER 2 a b WITHSCORES|ZDIFF 2 a b|ZINTERCARD 2 a b|ZMPOP 2 a b MIN
BZMPOP 1 2 a b MIN|BZPOPMIN a b 1|BZPOPMAX a b 1|ZPOPMIN k|GEOADD k 1 1 m|GEOSEARCH k FROMMEMBER m BYRADIUS 1 m|GEOSEARCHSTORE d s FROMMEMBER m BYRADIUS 1 m
GEORADIUS k 1 1 1 m|GEORADIUS k 1 1 1 m STORE d|GEORADIUS k 1 1 1 m STOREDIST d|GEORADIUSBYMEMBER k m 1 m STORE d|GEORADIUS_RO k 1 1 1 m|PFADD k a
PFCOUNT a b|PFMERGE d a b|XADD k * f v|XREAD STREAMS a b 0 0|XREAD COUNT 1 BLOCK 5 STREAMS a b 0 0|XREADGROUP GROUP g c COUNT 1 STREAMS a b > >|XRANGE k - +
XGROUP CREATE k g $|XGROUP DELCONSUMER k g c|XINFO STREAM k|XINFO GROUPS k|XACK k g 1-1|XCLAIM k g c 0 1-1|XDEL k 1-1|XLEN k|XTRIM k MAXLEN 0
EVAL return{} 2 a b x|EVAL return{} 0|EVALSHA abc 1 a|EVAL_RO return{} 1 a|FCALL f 2 a b|FCALL_RO f 1 a|MIGRATE h 1 k 0 5|MIGRATE h 1 "" 0 5 KEYS a b
MIGRATE h 1 "" 0 5 COPY AUTH KEYS KEYS a b|WATCH a b`
    .split(/[|\n]/)
    .map((call) => call.split(' ').map((word) => (word === '""' ? '' : word)))

test(`finds the keys that COMMAND GETKEYS finds, in ${CALLS.length} calls`, async () => {
  expect(new Set(CALLS.map(([name]) => name)).size).toBeGreaterThan(100)
  const ours: unknown[] = []
  const theirs: unknown[] = []
  for (const call of CALLS) {
    ours.push([call.join(' '), findKeys(table, call)?.map((position) => call[position])])
    theirs.push([call.join(' '), await redis.send('COMMAND', 'GETKEYS', ...call).catch(noKeys)])
  }
  expect(ours).toEqual(theirs)
})

function noKeys(error: unknown): unknown {
  // Of EVAL with none.
  return /no key arguments/.test(String(error)) ? [] : String(error)
}

test('finds none in calls that the server refuses, and says when only the server could say', () => {
  expect(findKeys(table, ['EVAL', 'return 1', '9', 'a'])).toEqual([])
  expect(findKeys(table, ['EVAL', 'return 1', 'x', 'a'])).toEqual([])
  expect(findKeys(table, ['GET'])).toEqual([])
  expect(findKeys(table, ['PING'])).toEqual([])
  expect(findKeys(table, ['SPUBLISH', 'channel', 'm'])).toEqual([])
  expect(findKeys(table, ['NO.SUCH', 'a'])).toBeUndefined()
  expect(findKeys(createCommandTable([['mod.x', -2, ['movablekeys'], 0, 0, 0]]), ['MOD.X', 'a'])).toBeUndefined()
  expect(findKeys(createCommandTable([['json.get', -2, ['readonly'], 1, 1, 1]]), ['JSON.GET', 'doc', '$'])).toEqual([1])
})

test('knows the moving keys of servers that have no key specifications', () => {
  const old = createCommandTable((raw as unknown[][]).map((command) => command.slice(0, 7)))
  const moving = ['EVAL', 'XREAD', 'XREADGROUP', 'ZUNIONSTORE', 'SORT', 'GEORADIUS']
  const known = CALLS.filter((call) => moving.includes(call[0] ?? '') && !call.join().includes('|') && findKeys(old, call) !== undefined)
  expect(new Set(known.map(([name]) => name)).size).toBeGreaterThan(3)
  for (const call of known) expect([call, findKeys(old, call)]).toEqual([call, findKeys(table, call)])
})

test('survives a structured clone', () => {
  expect(structuredClone(table)).toEqual(table)
  expect(createCommandTable('nonsense').size).toBe(0)
})

test('tells scripts, and commands that may block', () => {
  const call = (text: string): string[] => text.split(' ')
  expect(['eval x 0', 'FCALL f 0', 'EVALSHA_RO x 0', 'GET eval'].map((text) => isScript(call(text)))).toEqual([true, true, true, false])
  const blocking = ['BLPOP a 0', 'wait 1 0', 'XREAD BLOCK 0 STREAMS a 0', 'XREADGROUP GROUP g c BLOCK 1 STREAMS a >', 'BZMPOP 0 1 a MIN']
  const others = ['XREAD STREAMS block 0', 'XREADGROUP GROUP block block STREAMS a >', 'LPOP a', 'GET a']
  expect([...blocking, ...others].filter((text) => isBlocking(table, call(text)))).toEqual(blocking)
})
