import { randomBytes } from 'node:crypto'
import { createClient, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { drop, startSuite, type Suite } from '../../../src/index.js'
import { lookedUp, said } from './tapped-suite.js'

let suite: Suite<{ redis: {} }>

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
beforeEach(() => suite.redis.send('FLUSHALL'))
afterAll(() => suite.dispose())

describe.each([2, 3] as const)('node-redis with RESP%i', (RESP) => {
  const open = async (url = suite.redis.url) => {
    const client = createClient({ url, RESP })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  type Client = Awaited<ReturnType<typeof open>>
  let client: Client
  let direct: Client
  beforeAll(async () => {
    client = await open()
    direct = await open(suite.redis.directUrl)
  })
  afterAll(() => Promise.all([client.close(), direct.close()]))

  test('ordinary commands give what they give directly, and are recorded as they were made', async () => {
    const act = async (on: Client): Promise<unknown> => [
      await on.set('a', '1', { expiration: { type: 'EX', value: 60 } }),
      await on.get('a'),
      await on.get('none'),
      await on.mGet(['a', 'none']),
      await on.hSet('h', { x: '1', y: 'zwölf' }),
      await on.hmGet('h', ['x', 'no']),
      await on.hGetAll('h'),
      await on.zAdd('z', [{ score: 1.5, value: 'm' }]),
      await on.zRangeWithScores('z', 0, -1),
      await on.sAdd('s', ['p', 'q']),
      (await on.sMembers('s')).toSorted(),
      await on.incrBy('n', 5),
      await on.exists(['a', 'none']),
      await on.del(['a', 'h', 'z', 's', 'n']),
      await on.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('none'),
      await on.sendCommand(['SET', 'a']).catch(String),
    ]
    const expected = await act(direct)
    const run = await suite.record(() => act(client))
    expect(run.result).toEqual(expected)
    expect(said(run)).toEqual([
      'SET a 1 EX 60',
      'GET a',
      'GET none',
      'MGET a none',
      'HSET h x 1 y zwölf',
      'HMGET h x no',
      'HGETALL h',
      'ZADD z 1.5 m',
      'ZRANGE z 0 -1 WITHSCORES',
      'SADD s p q',
      'SMEMBERS s',
      'INCRBY n 5',
      'EXISTS a none',
      'DEL a h z s n',
      'GET none',
      'SET a',
    ])
    expect(run.commands.map(({ keys }) => keys.join())).toEqual(
      'a,a,none,a+none,h,h,h,z,z,s,s,n,a+none,a+h+z+s+n,none,a'.split(',').map((keys) => keys.replaceAll('+', ',')),
    )
    expect(lookedUp(run)).toEqual(expect.arrayContaining(['a hit', 'none miss', 'h hit', 'h miss']))
    expect(run.commands.at(-1)?.error).toMatch(/wrong number of arguments/)
  })

  test('the set-up of a connection is not counted, a duplicate has a connection of its own', async () => {
    const run = await suite.record(async () => {
      const other = client.duplicate({ name: 'other' })
      await other.connect()
      await Promise.all([client.incr('n'), other.incr('n')])
      await other.close()
    })
    expect(said(run)).toEqual(['INCR n', 'INCR n'])
    expect(new Set(run.commands.map(({ connection }) => connection)).size).toBe(2)
    expect(run.setUp.map(({ store }) => store)).toContain('redis')
    expect(run.connections.opened).toBe(1)
    expect(run.connections.list.find(({ openedAt }) => openedAt !== undefined)).toMatchObject({ name: 'other', orphans: 0 })
  })

  test('MULTI: what is queued has its own reply, what fails in EXEC its error, WATCH makes it nothing', async () => {
    const act = async (on: Client): Promise<unknown> => [
      await on.multi().set('t', 'x').get('t').get('none').exec(),
      await on
        .multi()
        .set('t', 'x')
        .lPush('t', '1')
        .get('t')
        .exec()
        .catch((error: { readonly replies: unknown[] }) => error.replies.map(String)),
    ]
    const expected = await act(direct)
    const run = await suite.record(() => act(client))
    expect(run.result).toEqual(expected)
    const queued = run.commands.filter(({ inTransaction }) => inTransaction)
    expect(queued.map(({ name, reply, error }) => `${name} ${error ?? reply?.text}`)).toEqual([
      'SET OK',
      'GET "x"',
      'GET nil',
      'SET OK',
      expect.stringMatching(/^LPUSH WRONGTYPE/),
      'GET "x"',
    ])
    const watched = await suite.record(async () => {
      const alone = await open()
      await alone.watch('t')
      await direct.set('t', 'changed')
      const end = await alone
        .multi()
        .get('t')
        .exec()
        .catch((error: Error) => error.constructor.name)
      await alone.close()
      return end
    })
    expect(watched.result).toBe('WatchError')
    expect(said(watched)).toEqual(['WATCH t', 'MULTI', 'GET t [T]', 'EXEC'])
  })

  test('a BLPOP waits while others go on, and does not hold the recording open', async () => {
    const waiting = await open()
    let popped: Promise<unknown> = Promise.resolve()
    const run = await suite.record(async () => {
      popped = waiting.blPop('queue', 30)
      await client.set('other', '1')
      return client.get('other')
    })
    const answered = await suite.record(async () => {
      await client.rPush('queue', 'job')
      return popped
    })
    await waiting.close()
    expect(run.result).toBe('1')
    expect(run.commands.map(({ name, end, isBlocking }) => [name, end !== undefined, isBlocking])).toEqual(
      expect.arrayContaining([
        ['BLPOP', false, true],
        ['GET', true, false],
      ]),
    )
    expect(answered.result).toEqual({ key: 'queue', element: 'job' })
    expect(said(answered)).toEqual(['RPUSH queue job'])
  })

  test('scripts and functions: their keys are known', async () => {
    const script = "redis.call('SET', KEYS[1], ARGV[1]); return redis.call('GET', KEYS[1])"
    await suite.redis.send(
      'FUNCTION',
      'LOAD',
      'REPLACE',
      `#!lua name=lib\nredis.register_function('give', function(keys) return redis.call('GET', keys[1]) end)`,
    )
    const act = async (on: Client): Promise<unknown> => {
      const sha = await on.scriptLoad(script)
      return [
        await on.eval(script, { keys: ['a'], arguments: ['1'] }),
        await on.evalSha(sha, { keys: ['b'], arguments: ['2'] }),
        await on.fCall('give', { keys: ['a'], arguments: [] }),
        await on.evalSha('0'.repeat(40), { keys: ['a'], arguments: [] }).catch(String),
      ]
    }
    const expected = await act(direct)
    const run = await suite.record(() => act(client))
    expect(run.result).toEqual(expected)
    expect(run.commands.map(({ name, keys, isScript }) => `${name} ${keys.join()} ${isScript}`)).toEqual([
      'SCRIPT  false',
      'EVAL a true',
      'EVALSHA b true',
      'FCALL a true',
      'EVALSHA a true',
    ])
    expect(run.commands.at(-1)?.error).toMatch(/^NOSCRIPT/)
  })

  test('20 MB go both ways to the byte', async () => {
    const bytes = randomBytes(20_000_000)
    const run = await suite.record(async () => {
      await client.set('large', bytes)
      return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('large')
    })
    expect(bytes.equals(run.result as unknown as Buffer)).toBe(true)
    expect(run.commands.map(({ bytes: { request, reply }, keys }) => [request > 20_000_000, reply > 20_000_000, keys])).toEqual([
      [true, false, ['large']],
      [false, true, ['large']],
    ])
    expect(lookedUp(run)).toEqual(['large hit'])
  })

  test('SCAN goes through a thousand keys', async () => {
    await client.mSet(Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`scan:${at}`, 'x'])))
    const run = await suite.record(async () => {
      const found = new Set<string>()
      for await (const keys of client.scanIterator({ MATCH: 'scan:*', COUNT: 100 })) for (const key of keys) found.add(key)
      return found.size
    })
    expect(run.result).toBe(1000)
    expect(new Set(run.commands.map(({ name }) => name))).toEqual(new Set(['SCAN']))
  })

  test('messages reach subscribers between replies, and are no replies', async () => {
    const subscriber = await open()
    const run = await suite.record(async () => {
      const heard: string[] = []
      let arrived = (): void => undefined
      const all = new Promise<void>((resolve) => (arrived = () => heard.length >= 3 && resolve()))
      const hear = (message: string, channel: string): void => {
        heard.push(`${channel} ${message}`)
        arrived()
      }
      await subscriber.subscribe('news', hear)
      await subscriber.pSubscribe('n*', hear)
      await client.publish('news', 'one')
      await client.publish('nothing', 'two')
      await all
      await subscriber.unsubscribe('news')
      await subscriber.pUnsubscribe('n*')
      // In RESP2 it is bytes, whatever its type says.
      heard.push(Buffer.from(await subscriber.ping()).toString())
      return heard
    })
    expect(run.result.toSorted()).toEqual(['PONG', 'news one', 'news one', 'nothing two'])
    expect(said(run).map((text) => text.replace(/^\w+/, (name) => name.toUpperCase()))).toEqual([
      'SUBSCRIBE news',
      'PSUBSCRIBE n*',
      'PUBLISH news one',
      'PUBLISH nothing two',
      'UNSUBSCRIBE news',
      'PUNSUBSCRIBE n*',
      'PING',
    ])
    expect(run.commands.every(({ end }) => end !== undefined)).toBe(true)
    expect(run.connections.list.every(({ orphans }) => orphans === 0)).toBe(true)
    await subscriber.close()
  })

  test('after a cut it connects again and goes on', async () => {
    const cut = await open()
    await using rule = await suite.intercept('GET victim', drop('before'), { times: 1 })
    const run = await suite.record(async () => {
      const first = await cut.get('victim').catch((error: Error) => error.constructor.name)
      return [first, await cut.get('victim')]
    })
    await cut.close()
    expect((await rule.state()).applied).toBe(1)
    expect((run.result as unknown[])[1]).toBeNull()
    expect(run.connections.list.map(({ endedBecause }) => endedBecause)).toContain('a rule dropped it before the server got the request')
    expect(run.connections.opened).toBe(1)
  })
})

test('client-side caching: a second GET is not sent, an invalidation is no reply', async () => {
  const client = createClient({ url: suite.redis.url, RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0 } })
  await client.connect()
  await suite.redis.send('SET', 'cached', '1')
  const run = await suite.record(async () => {
    const [first, again] = [await client.get('cached'), await client.get('cached')]
    await suite.redis.send('SET', 'cached', '2')
    // The invalidation came before this reply did.
    await client.ping()
    return [first, again, await client.get('cached')]
  })
  await client.close()
  expect(run.result).toEqual(['1', '1', '2'])
  expect(said(run)).toEqual(['GET cached', 'PING', 'GET cached'])
  expect(run.connections.list[0]?.orphans).toBe(0)
})
