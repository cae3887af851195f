import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCommandTable, type CommandTable } from '../../../src/wire/redis/command-table.js'
import { openRedis, type OpenedRedis } from './opened-redis.js'
import { openRaw, tapRedis, type TappedRedis } from './tapped-redis.js'

let redis: OpenedRedis
let table: CommandTable
let tap: TappedRedis

beforeAll(async () => {
  redis = await openRedis()
  table = createCommandTable(await redis.send('COMMAND'))
})
beforeEach(async () => {
  await redis.send('FLUSHALL')
  tap = await tapRedis(redis.port, table)
  return () => tap.close()
})
afterAll(() => redis?.close())

const replies = (): unknown[] => tap.seen.map(({ args, reply }) => [args.join(' '), reply])
const orphans = (): unknown[] => tap.unasked.filter(([what]) => what === 'orphan')

test.each([2, 3] as const)('node-redis over RESP%i: pipelines, MULTI, WATCH, blocking, pub/sub leave no orphan', async (RESP) => {
  const client = createClient({ url: `redis://127.0.0.1:${tap.port}`, RESP, name: 'shop' })
  const watcher = client.duplicate()
  const subscriber = client.duplicate()
  await Promise.all([client.connect(), watcher.connect(), subscriber.connect()])
  expect(tap.sessions.map((session) => session.state().name)).toEqual(['shop', 'shop', 'shop'])
  expect(tap.sessions[0]?.state().resp).toBe(RESP)
  tap.seen.length = 0

  await Promise.all(Array.from({ length: 1000 }, (_, at) => client.set(`k${at}`, String(at))))
  expect(tap.seen.map(({ args, reply }) => `${args.join(' ')}: ${JSON.stringify(reply)}`)).toEqual(
    Array.from({ length: 1000 }, (_, at) => `SET k${at} ${at}: "+OK\\r\\n"`),
  )
  tap.seen.length = 0

  await client.multi().set('a', '1').get('a').mGet(['a', 'nope']).exec()
  expect(tap.seen.map(({ args, inTransaction }) => [args[0], inTransaction])).toEqual([
    ['MULTI', false],
    ['SET', true],
    ['GET', true],
    ['MGET', true],
    ['EXEC', false],
  ])
  expect(tap.seen.slice(1, 4).map(({ reply }) => reply)).toEqual([
    '+OK\r\n',
    '$1\r\n1\r\n',
    RESP === 3 ? '*2\r\n$1\r\n1\r\n_\r\n' : '*2\r\n$1\r\n1\r\n$-1\r\n',
  ])
  tap.seen.length = 0

  await watcher.watch('a')
  await client.set('a', '2')
  await expect(watcher.multi().incr('a').exec()).rejects.toThrow('One (or more) of the watched keys has been changed')
  expect(tap.seen.slice(2).map(({ args, reply }) => [args[0], reply])).toEqual([
    ['MULTI', '+OK\r\n'],
    ['INCR', undefined],
    ['EXEC', RESP === 3 ? '_\r\n' : '*-1\r\n'],
  ])
  tap.seen.length = 0

  const popped = watcher.blPop('queue', 5)
  await client.rPush('queue', 'job')
  expect(await popped).toEqual({ key: 'queue', element: 'job' })

  const got: string[] = []
  let arrived = (): void => undefined
  const three = new Promise<void>((resolve) => (arrived = () => (got.length === 3 ? resolve() : undefined)))
  const note = (message: string): void => {
    got.push(message)
    arrived()
  }
  await subscriber.subscribe(['c1', 'c2'], note)
  await subscriber.pSubscribe('p*', note)
  expect(tap.sessions[2]?.state().isSubscriber).toBe(true)
  await client.publish('c1', 'one')
  await client.publish('c2', 'two')
  await client.publish('p1', 'three')
  await three
  expect(tap.unasked.map(([what]) => what)).toEqual(['message', 'message', 'message'])
  await subscriber.unsubscribe()
  await subscriber.pUnsubscribe()
  expect(tap.sessions[2]?.state().isSubscriber).toBe(false)
  await subscriber.ping()
  expect(tap.seen.at(-1)?.reply).toBe('+PONG\r\n')

  expect(orphans()).toEqual([])
  expect(tap.sessions.map((session) => session.pending())).toEqual([0, 0, 0])
  await Promise.all([client.close(), watcher.close(), subscriber.close()])
})

test('ioredis: a pipeline of 1,000, a transaction that fails, a large value, a subscriber', async () => {
  const client = new Redis(tap.port, '127.0.0.1', { db: 3 })
  const pipeline = client.pipeline()
  for (let at = 0; at < 1000; at += 1) pipeline.incr('n')
  await pipeline.exec()
  expect(tap.seen.filter(({ args }) => args[0] === 'incr').map(({ reply, database }) => [reply, database])).toEqual(
    Array.from({ length: 1000 }, (_, at) => [`:${at + 1}\r\n`, 3]),
  )
  tap.seen.length = 0

  await client.call('MULTI')
  await client.set('s', 'x'.repeat(200_000))
  await client.get('s')
  await client.lpush('s', 'no')
  await client.call('EXEC')
  expect(tap.seen.map(({ args, reply }) => [args[0], args[2]?.length, reply])).toEqual([
    ['MULTI', undefined, '+OK\r\n'],
    ['set', 4096, '+OK\r\n'],
    ['get', undefined, { kind: 'bulk', elements: 0, presence: '' }],
    ['lpush', 2, '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n'],
    ['EXEC', undefined, { kind: 'array', elements: 3, presence: '111' }],
  ])
  await client.subscribe('a', 'b')
  await redis.send('PUBLISH', 'a', 'y'.repeat(100_000))
  expect(await client.ping()).toBe('PONG')
  await client.unsubscribe()
  expect(orphans()).toEqual([])
  expect(tap.unasked[0]?.[0]).toBe('message')
  client.disconnect()
})

test('queued commands end without a reply after DISCARD, after EXECABORT and when the connection is gone', async () => {
  const raw = await openRaw(tap.port)
  await raw.say('MULTI\r\nSET a 1\r\nDISCARD\r\nMULTI\r\nSET b 1\r\nNOSUCH\r\nEXEC\r\nPING\r\n', '+PONG\r\n')
  expect(replies()).toEqual([
    ['MULTI', '+OK\r\n'],
    ['SET a 1', undefined],
    ['DISCARD', '+OK\r\n'],
    ['MULTI', '+OK\r\n'],
    ['NOSUCH', "-ERR unknown command 'NOSUCH', with args beginning with: \r\n"],
    ['SET b 1', undefined],
    ['EXEC', '-EXECABORT Transaction discarded because of previous errors.\r\n'],
    ['PING', '+PONG\r\n'],
  ])
  await raw.say('MULTI\r\nSET c 1\r\n', '+QUEUED\r\n')
  const [session] = tap.sessions
  expect([session?.status(), session?.pending()]).toEqual(['T', 1])
  session?.close()
  expect(replies().at(-1)).toEqual(['SET c 1', undefined])
  expect(orphans()).toEqual([])
  raw.end()
})

test('CLIENT REPLY OFF, SKIP and ON decide which commands are answered, blank lines and RESET included', async () => {
  const raw = await openRaw(tap.port)
  await raw.say('CLIENT REPLY SKIP\r\nGET a\r\nPING\r\n', '+PONG\r\n')
  await raw.say(
    'CLIENT REPLY OFF\r\nSELECT 4\r\nMULTI\r\nGET b\r\nEXEC\r\nSUBSCRIBE x\r\nUNSUBSCRIBE x\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nGET c\r\n',
    '$-1\r\n',
  )
  await raw.say('CLIENT REPLY SKIP\r\n\r\nECHO e1\r\nCLIENT REPLY OFF\r\nRESET\r\nECHO e2\r\n', 'e2\r\n')
  await raw.say('CLIENT REPLY SKIP\r\nRESET\r\nECHO e3\r\n', 'e3\r\n')
  const answered = tap.seen.filter(({ reply }) => reply !== undefined).map(({ args }) => args.join(' '))
  expect(answered).toEqual(['PING', 'SUBSCRIBE x', 'UNSUBSCRIBE x', 'CLIENT REPLY ON', 'GET c', 'ECHO e1', 'RESET', 'ECHO e2', 'ECHO e3'])
  expect(tap.seen.find(({ args }) => args[1] === 'c')?.database).toBe(4)
  expect(orphans()).toEqual([])
  expect(tap.sessions[0]?.pending()).toBe(0)
  raw.end()
})

test('subscriptions in RESP2: one confirmation a channel, UNSUBSCRIBE of all, messages between replies, RESET', async () => {
  const raw = await openRaw(tap.port)
  await raw.say('SUBSCRIBE a b a\r\nPSUBSCRIBE p\r\nPING x\r\n', '$1\r\nx\r\n')
  await redis.send('PUBLISH', 'a', 'hello')
  await raw.say('UNSUBSCRIBE\r\nUNSUBSCRIBE\r\nPUNSUBSCRIBE\r\nPING\r\n', '+PONG\r\n')
  await raw.say('LPUSH l c m message\r\nLRANGE l 0 -1\r\nSUBSCRIBE z\r\nRESET\r\nGET nothing\r\n', '$-1\r\n')
  expect(
    tap.seen.map(({ args, reply }) => [args.join(' '), (typeof reply === 'string' ? reply : 'none').replaceAll('\r\n', ' ').trim()]),
  ).toEqual([
    ['SUBSCRIBE a b a', '*3 $9 subscribe $1 a :2'],
    ['PSUBSCRIBE p', '*3 $10 psubscribe $1 p :3'],
    ['PING x', '*2 $4 pong $1 x'],
    ['UNSUBSCRIBE', expect.stringMatching(/^\*3 \$11 unsubscribe \$1 [ab] :1$/)],
    ['UNSUBSCRIBE', '*3 $11 unsubscribe $-1 :1'],
    ['PUNSUBSCRIBE', '*3 $12 punsubscribe $1 p :0'],
    ['PING', '+PONG'],
    ['LPUSH l c m message', ':3'],
    ['LRANGE l 0 -1', '*3 $7 message $1 m $1 c'],
    ['SUBSCRIBE z', '*3 $9 subscribe $1 z :1'],
    ['RESET', '+RESET'],
    ['GET nothing', '$-1'],
  ])
  expect(tap.unasked).toEqual([['message', '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n']])
  raw.end()
})

test('HELLO, AUTH, SETNAME, SELECT, invalidations and a subscription in a transaction', async () => {
  const raw = await openRaw(tap.port)
  await raw.say('HELLO 3 SETNAME one\r\nCLIENT TRACKING ON\r\nSELECT 2\r\nGET k\r\n', '_\r\n')
  expect(tap.sessions[0]?.state()).toEqual({ resp: 3, database: 2, name: 'one', user: 'default', isMonitor: false, isSubscriber: false })
  await raw.say('SET k 1\r\nECHO i\r\n', 'i\r\n')
  await raw.say('MULTI\r\nSUBSCRIBE a\r\nGET k\r\nEXEC\r\nUNSUBSCRIBE\r\nECHO j\r\n', 'j\r\n')
  expect(tap.unasked).toEqual([['message', '>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n']])
  await raw.say('HELLO 2\r\nCLIENT SETNAME two\r\nSELECT 99\r\nPING\r\n', '+PONG\r\n')
  expect(tap.sessions[0]?.state()).toMatchObject({ resp: 2, database: 2, name: 'two' })
  expect(tap.seen.map(({ args, resp }) => `${args[0]}${resp}`).join(' ')).toBe(
    'HELLO3 CLIENT3 SELECT3 GET3 SET3 ECHO3 MULTI3 SUBSCRIBE3 GET3 EXEC3 UNSUBSCRIBE3 ECHO3 HELLO2 CLIENT2 SELECT2 PING2',
  )
  expect(orphans()).toEqual([])
  raw.end()
})

test('MONITOR: lines belong to no command, replies still do', async () => {
  const raw = await openRaw(tap.port)
  await raw.say('MONITOR\r\n', '+OK\r\n')
  await raw.say('ECHO here\r\n', '"ECHO" "here"\r\n')
  expect(replies()).toEqual([
    ['MONITOR', '+OK\r\n'],
    ['ECHO here', '$4\r\nhere\r\n'],
  ])
  expect(tap.unasked.map(([what]) => what)).toEqual(['monitor'])
  raw.end()
})
