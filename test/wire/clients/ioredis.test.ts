import { once } from 'node:events'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { lookedUp, portOf, said } from './tapped-suite.js'

let suite: Suite<{ redis: {} }>
let client: Redis
let direct: Redis

const open = (url: string, options: object = {}): Redis => new Redis(portOf(url), '127.0.0.1', options)

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  client = open(suite.redis.url)
  direct = open(suite.redis.directUrl)
})
beforeEach(() => suite.redis.send('FLUSHALL'))
afterAll(async () => {
  await Promise.all([client.quit(), direct.quit()])
  await suite.dispose()
})

/** What a client is given through the tap is what it is given past it. */
async function compare(act: (on: Redis) => Promise<unknown>): Promise<ReturnType<typeof record>> {
  const expected = await act(direct)
  await suite.redis.send('FLUSHALL')
  const run = await record(act)
  expect(run.result).toEqual(expected)
  expect(run.connections.list.map(({ orphans }) => orphans).filter(Boolean)).toEqual([])
  return run
}

const record = (act: (on: Redis) => Promise<unknown>) => suite.record(() => act(client))

test('the ready check of a new connection is set-up, what it then asks is recorded', async () => {
  const run = await suite.record(async () => {
    const other = open(suite.redis.url, { connectionName: 'other', db: 0 })
    await other.set('a', '1')
    await other.quit()
  })
  expect(said(run)).toEqual(['SET a 1'].map((text) => text.replace('SET', 'set')))
  expect(run.setUp.map((event) => ('name' in event ? event.name : event.store))).toEqual(expect.arrayContaining(['INFO', 'CLIENT']))
})

test('a pipeline is what it was made of, with its errors where they belong', async () => {
  const run = await compare(async (on) => {
    const replies = await on.pipeline().set('a', '1').get('a').lpush('a', 'x').get('none').hset('h', { x: 1 }).hmget('h', 'x', 'no').exec()
    return replies?.map(([error, value]) => error?.message ?? value)
  })
  expect(run.commands.map(({ name, keys, error }) => `${name} ${keys.join()}${error === undefined ? '' : ' !'}`)).toEqual([
    'SET a',
    'GET a',
    'LPUSH a !',
    'GET none',
    'HSET h',
    'HMGET h',
  ])
  expect(lookedUp(run)).toEqual(['a hit', 'none miss', 'h hit', 'h miss'])
})

test('a pipeline of 10,000 commands comes back in order', async () => {
  const run = await compare(async (on) => {
    const pipeline = on.pipeline()
    for (let at = 0; at < 10_000; at += 1) pipeline.incr('n')
    return (await pipeline.exec())?.map(([, value]) => value)
  })
  expect(run.commands).toHaveLength(10_000)
  expect(run.commands.map(({ reply }) => reply?.text)).toEqual(Array.from({ length: 10_000 }, (_, at) => String(at + 1)))
})

test('autopipelining sends the same commands', async () => {
  const auto = open(suite.redis.url, { enableAutoPipelining: true })
  await once(auto, 'ready')
  const run = await suite.record(async () => {
    await Promise.all(Array.from({ length: 50 }, (_, at) => auto.set(`k${at}`, String(at))))
    return Promise.all(Array.from({ length: 50 }, (_, at) => auto.get(`k${at}`)))
  })
  await auto.quit()
  expect(run.result).toEqual(Array.from({ length: 50 }, (_, at) => String(at)))
  expect(run.commands.map(({ name }) => name)).toEqual([...Array<string>(50).fill('SET'), ...Array<string>(50).fill('GET')])
})

test('transactions: in a pipeline, alone, discarded, and with a command that is refused', async () => {
  const run = await compare(async (on) => [
    await on.multi().set('a', '1').incr('a').exec(),
    await on.multi({ pipeline: false }),
    await on.get('a'),
    await on.exec(),
    await on.multi({ pipeline: false }),
    await on.set('a', '5'),
    await on.discard(),
    await on
      .multi()
      .set('a', '7')
      .call('SET', 'a')
      .exec()
      .catch((error: Error) => error.message),
  ])
  expect(
    run.commands.filter(({ inTransaction }) => inTransaction).map(({ name, reply, error }) => `${name} ${error ?? reply?.text ?? '-'}`),
  ).toEqual(['SET OK', 'INCR 2', 'GET "2"', 'SET -', 'SET -', "SET ERR wrong number of arguments for 'set' command"])
  expect(run.commands.filter(({ name, error }) => name === 'EXEC' && error !== undefined).map(({ error }) => error)).toEqual([
    expect.stringMatching(/^EXECABORT/),
  ])
  expect(run.connections.list.every(({ status }) => status === 'I')).toBe(true)
})

test('a Lua command has its keys, sent whole and by its digest', async () => {
  const act = async (on: Redis): Promise<unknown> => {
    on.defineCommand('give', { numberOfKeys: 1, lua: "return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}" })
    const give = Reflect.get(on, 'give') as (...args: string[]) => Promise<unknown>
    return [await give.call(on, 'counter', 'x'), await give.call(on, 'counter', 'y')]
  }
  await suite.redis.send('SCRIPT', 'FLUSH')
  const expected = await act(direct)
  await suite.redis.send('SCRIPT', 'FLUSH')
  await suite.redis.send('FLUSHALL')
  const run = await record(act)
  expect(run.result).toEqual(expected)
  expect(run.commands.map(({ name, keys }) => `${name} ${keys.join()}`)).toEqual(['EVAL counter', 'EVALSHA counter'])
})

test('subscribers hear, and the connection that hears is told apart', async () => {
  const subscriber = open(suite.redis.url)
  const run = await suite.record(async () => {
    const heard: string[] = []
    const both = new Promise<void>((resolve) => {
      subscriber.on('message', (channel, text) => void (heard.push(`${channel} ${text}`) >= 2 && resolve()))
      subscriber.on('pmessage', (pattern, channel, text) => void (heard.push(`${pattern} ${channel} ${text}`) >= 2 && resolve()))
    })
    const counts = [await subscriber.subscribe('a', 'b', 'c'), await subscriber.psubscribe('x*')]
    await client.publish('b', 'one')
    await client.publish('x1', 'two')
    await both
    return [counts, heard, await subscriber.unsubscribe('a', 'b', 'c'), await subscriber.punsubscribe('x*'), await subscriber.get('none')]
  })
  await subscriber.quit()
  expect(run.result).toEqual([[3, 4], ['b one', 'x* x1 two'], 1, 0, null])
  expect(run.commands.map(({ name, end }) => `${name} ${end === undefined ? 'open' : 'done'}`)).toEqual([
    'SUBSCRIBE done',
    'PSUBSCRIBE done',
    'PUBLISH done',
    'PUBLISH done',
    'UNSUBSCRIBE done',
    'PUNSUBSCRIBE done',
    'GET done',
  ])
  expect(run.connections.list.every(({ orphans }) => orphans === 0)).toBe(true)
})

test('MONITOR goes on telling, and nothing of it is taken for a reply', async () => {
  const run = await suite.record(async () => {
    const monitor = await client.monitor()
    const told = once(monitor, 'monitor') as Promise<[string, string[]]>
    await client.set('watched', '1')
    const [, args] = await told
    const gone = once(monitor, 'end')
    monitor.disconnect()
    await gone
    return args
  })
  expect(run.result).toEqual(['set', 'watched', '1'])
  expect(run.commands.map(({ name, reply }) => `${name} ${reply?.text}`)).toEqual(['MONITOR OK', 'SET OK'])
  expect(run.connections.list.every(({ orphans }) => orphans === 0)).toBe(true)
})
