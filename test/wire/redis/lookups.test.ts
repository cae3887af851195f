import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCommandTable, findKeys, type CommandTable } from '../../../src/wire/redis/command-table.js'
import { readLookups } from '../../../src/wire/redis/lookups.js'
import { openRedis, type OpenedRedis } from './opened-redis.js'
import { openRaw, tapRedis, type TappedRedis } from './tapped-redis.js'

let redis: OpenedRedis
let table: CommandTable
let tap: TappedRedis
let raw: Awaited<ReturnType<typeof openRaw>>

beforeAll(async () => {
  redis = await openRedis()
  table = createCommandTable(await redis.send('COMMAND'))
  tap = await tapRedis(redis.port, table)
  raw = await openRaw(tap.port)
})
afterAll(async () => {
  raw?.end()
  await tap?.close()
  await redis?.close()
})

async function lookUp(command: string): Promise<string> {
  tap.seen.length = 0
  await raw.say(`${command}\r\nECHO end-of-it\r\n`, 'end-of-it\r\n')
  const [seen] = tap.seen
  const lookups = readLookups(seen?.args ?? [], findKeys(table, seen?.args ?? []), seen?.reply)
  return lookups.map(({ key, field, outcome }) => `${outcome} ${key}${field === undefined ? '' : `.${field}`}`).join(', ')
}

const FILL = `FLUSHALL|SET s abc|SET e ""|HSET h a 1 b 2|RPUSH l a b c|SADD m a b|ZADD z 1 a 2 b|XADD x 1-1 f v|GEOADD g 1 1 p`.split('|')

const CASES: Readonly<Record<string, string>> = {
  'GET s': 'hit s',
  'GET no': 'miss no',
  'GET e': 'hit e',
  'get h': '',
  'MGET s no s': 'hit s, miss no, hit s',
  'GETRANGE s 0 1': 'hit s',
  'GETRANGE no 0 1': 'miss no',
  'SET s abc GET': 'hit s',
  'SET new abc NX GET': 'miss new',
  'SET s abc': '',
  'SET s get': '',
  'GETSET s abc': 'hit s',
  'GETEX s': 'hit s',
  'GETDEL no': 'miss no',
  'STRLEN s': '',
  'EXISTS s no': '',
  'TTL s': '',
  'TYPE no': '',
  'DUMP s': '',
  'HGET h a': 'hit h.a',
  'HGET h no': 'miss h.no',
  'HMGET h a no': 'hit h.a, miss h.no',
  'HMGET no a b': 'miss no.a, miss no.b',
  'HGETALL h': 'hit h',
  'HGETALL no': 'miss no',
  'HEXISTS h a': '',
  'LRANGE l 0 -1': 'hit l',
  'LRANGE no 0 -1': 'miss no',
  'LINDEX l 9': 'miss l',
  'LPOP no': '',
  'SMEMBERS m': 'hit m',
  'SMEMBERS no': 'miss no',
  'SISMEMBER m a': 'hit m.a',
  'SISMEMBER m no': 'miss m.no',
  'SMISMEMBER m a no': 'hit m.a, miss m.no',
  'SINTER m no': '',
  'ZRANGE z 0 -1 WITHSCORES': 'hit z',
  'ZRANGE no 0 -1': 'miss no',
  'ZSCORE z a': 'hit z.a',
  'ZSCORE z no': 'miss z.no',
  'ZMSCORE z a no': 'hit z.a, miss z.no',
  'ZRANK z no': 'miss z.no',
  'GEOPOS g p no': 'hit g.p, miss g.no',
  'XRANGE x - +': 'hit x',
  'XRANGE no - +': 'miss no',
  'XREAD STREAMS x no 0 0': 'hit x, miss no',
  'XREAD STREAMS no 0': 'miss no',
  'XREAD BLOCK 1 STREAMS no 0': '',
  'SORT l ALPHA': 'hit l',
  'SORT l ALPHA STORE d': '',
  'EVAL \'return redis.call("GET",KEYS[1])\' 1 s': '',
  'SCAN 0': '',
  PING: '',
}

describe.each([2, 3])('over RESP%i', (version) => {
  test('lookups are counted by key, field or member, in both protocols alike', async () => {
    await raw.say(`HELLO ${version}\r\n${FILL.join('\r\n')}\r\nECHO end-of-it\r\n`, 'end-of-it\r\n')
    const found: Record<string, string> = {}
    for (const command of Object.keys(CASES)) found[command] = await lookUp(command)
    expect(found).toEqual(CASES)
  })

  test('large replies are counted by their digests', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `big${at}`)
    for (const name of names) if (!name.endsWith('7')) await redis.send('SET', name, name.repeat(60))
    const lookups = (await lookUp(`MGET ${names.join(' ')}`)).split(', ')
    expect(tap.seen[0]?.reply).toMatchObject({ kind: 'array', elements: 400 })
    expect(lookups).toEqual(names.map((name) => `${name.endsWith('7') ? 'miss' : 'hit'} ${name}`))
  })
})

test.each([
  'GET s',
  'GET no',
  'MGET s no s',
  'GETEX s',
  'GETSET s abc',
  'GETSET no2 x',
  'SMEMBERS m',
  'SMEMBERS no',
  'LRANGE l 0 -1',
  'ZRANGE no 0 1',
  'HGETALL h',
  'XRANGE no - +',
])('of whole keys (%s) the count is Redis’ own', async (command) => {
  await redis.send('DEL', 'no', 'no2')
  await redis.send('CONFIG', 'RESETSTAT')
  const lookups = (await lookUp(command)).split(', ')
  const stats = String(await redis.send('INFO', 'stats'))
  const ours = ['hit', 'miss'].map((outcome) => lookups.filter((lookup) => lookup.startsWith(`${outcome} `)).length)
  expect(ours).toEqual(['hits', 'misses'].map((name) => Number(new RegExp(`keyspace_${name}:(\\d+)`).exec(stats)?.[1])))
})

// Without the module there is no server that answers so.
test.each<[string, string, string]>([
  ['JSON.GET d', '$7\r\n{"a":1}\r\n', 'hit d'],
  ['JSON.GET d', '$-1\r\n', 'miss d'],
  ['JSON.GET d $.a', '$3\r\n[1]\r\n', 'hit d.$.a'],
  ['JSON.GET d $.b', '$2\r\n[]\r\n', 'miss d.$.b'],
  ['JSON.GET d INDENT x .l', '$2\r\n[]\r\n', 'hit d..l'],
  ['JSON.GET d .b', "-ERR Path '.b' does not exist\r\n", 'miss d..b'],
  ['JSON.GET d $.a $.b', '$21\r\n{"$.a":[1],"$.b":[]} \r\n', 'hit d.$.a, miss d.$.b'],
])('%s answered by %j is %s', (command, reply, expected) => {
  const lookups = readLookups(command.split(' '), [1], reply)
  expect(lookups.map(({ key, field, outcome }) => `${outcome} ${key}${field === undefined ? '' : `.${field}`}`).join(', ')).toBe(expected)
})

test('JSON.MGET is counted by key', () => {
  expect(
    readLookups(['JSON.MGET', 'a', 'b', 'c', '$.x'], [1, 2, 3], '*3\r\n$3\r\n[1]\r\n$-1\r\n$2\r\n[]\r\n').map(({ outcome }) => outcome),
  ).toEqual(['hit', 'miss', 'miss'])
})
