import { once } from 'node:events'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'
import { isAlive } from '../primitives/child.js'

let suite: Suite<{ readonly redis: {} }>

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
afterAll(async () => {
  await suite.dispose()
})
afterEach(async () => {
  await suite.reset()
})

type NodeRedis = ReturnType<typeof openNodeRedis>

function openNodeRedis(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: 1 } })
  client.on('error', () => {})
  return client
}

async function withNodeRedis(work: (client: NodeRedis) => Promise<void>): Promise<void> {
  const client = openNodeRedis(suite.redis.url)
  await client.connect()
  try {
    await work(client)
  } finally {
    client.destroy()
  }
}

async function withIoredis(work: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(suite.redis.url, { retryStrategy: () => 1, maxRetriesPerRequest: null })
  client.on('error', () => {})
  try {
    await work(client)
  } finally {
    client.disconnect()
  }
}

async function pid(): Promise<number> {
  return Number(/^process_id:(\d+)/m.exec(String(await suite.redis.send('INFO', 'server')))?.[1])
}

function text({ message }: { readonly message: string }): string {
  return message
}

describe('a Redis that is paused', () => {
  test('answers nothing until it goes on, and then all', () =>
    withNodeRedis(async (client) => {
      await client.set('a', '1')
      const paused = await suite.redis.control.pause()
      let settled = 0
      const incremented = client.incr('a').finally(() => (settled += 1))
      await expect(suite.redis.send('GET', 'a')).rejects.toThrowErrorMatchingInlineSnapshot(`
        [HotbedError: Redis is paused by suite.redis.control.pause(); nothing can be asked of it. [ERR_HOTBED_QUERY]
          → await suite.redis.control.resume()]
      `)
      expect(settled).toBe(0)

      await paused[Symbol.asyncDispose]()

      expect(await incremented).toBe(2)
      expect(await suite.redis.send('GET', 'a')).toBe('2')
    }))

  test('is recorded, also when nothing was recorded before', async () => {
    await using fresh = await startSuite({ redis: {} })
    await using impatient = openImpatient(fresh.redis.url)
    await impatient.client.ping()
    const paused = await fresh.redis.control.pause()
    const recording = await fresh.record(() => impatient.client.get('a').catch(text), { deadlineMs: 1_000 })
    expect(recording.result).toBe('Command timed out')
    expect(recording.commands.map(({ name, keys, end }) => [name, keys, end])).toEqual([['GET', ['a'], undefined]])
    await paused[Symbol.asyncDispose]()
  })
})

describe('a Redis that is killed', () => {
  test('refuses connections, and is itself again, and empty, after a restart', () =>
    withNodeRedis(async (client) => {
      const { url } = suite.redis
      await client.set('a', '1')
      const sha = await client.scriptLoad('return 7')
      const before = await pid()

      const refused = lost(client)
      await suite.redis.control.kill()

      await refused
      expect(isAlive(before)).toBe(false)
      const late = createClient({ url, socket: { reconnectStrategy: false } })
      late.on('error', () => {})
      await expect(late.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await expect(suite.redis.send('PING')).rejects.toThrowErrorMatchingInlineSnapshot(`
        [HotbedError: Redis was killed by suite.redis.control.kill(); nothing can be asked of it. [ERR_HOTBED_REDIS_EXITED]
          → await suite.redis.control.restart()]
      `)
      await suite.redis.control.restart()

      expect(await client.get('a')).toBeNull()
      await expect(client.evalSha(sha)).rejects.toThrow('NOSCRIPT')
      expect(await suite.redis.send('PING')).toBe('PONG')
      expect(suite.redis.url).toBe(url)
      expect(await pid()).not.toBe(before)
    }))

  test('lets an ioredis that is patient go on as if nothing had happened', () =>
    withIoredis(async (client) => {
      await client.set('a', '1')
      await suite.redis.control.kill()
      const waiting = client.incr('a')
      await suite.redis.control.restart()
      expect(await waiting).toBe(1)
    }))

  test('has no keys left to keep', async () => {
    await suite.redis.control.kill()
    await expect(suite.redis.control.restart({ keepData: true })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Redis cannot be restarted with its keys: it was killed, and had saved none. [ERR_HOTBED_REDIS_EXITED]
        → Restart it without keepData, or let it save by itself: redis: { config: { appendonly: 'yes' } }.]
    `)
    await suite.redis.control.restart()
    expect(await suite.redis.send('DBSIZE')).toBe(0)
  })

  test('comes back by a reset, too', async () => {
    await suite.redis.control.kill()
    await suite.reset()
    expect(await suite.redis.send('PING')).toBe('PONG')
  })
})

describe('a restart', () => {
  test('is a cache without persistence: its keys are gone, unless they are kept', async () => {
    await suite.redis.send('SET', 'a', '1', 'EX', '100')
    await suite.redis.control.restart({ keepData: true })
    expect(await suite.redis.send('GET', 'a')).toBe('1')
    expect(await suite.redis.send('TTL', 'a')).toBeGreaterThan(90)
    expect(await suite.redis.send('CONFIG', 'GET', 'save')).toEqual(['save', ''])
    await suite.redis.control.restart()
    expect(await suite.redis.send('GET', 'a')).toBeNull()
  })

  test('keeps what the settings of the stack keep, also after a crash', async () => {
    await using own = await startSuite({ redis: { config: { appendonly: 'yes', appendfsync: 'always' } } })
    await own.redis.send('SET', 'a', '1')
    await own.redis.control.kill()
    await own.redis.control.restart()
    expect(await own.redis.send('GET', 'a')).toBe('1')
    await own.redis.control.restart({ keepData: true })
    expect(await own.redis.send('GET', 'a')).toBe('1')
  })

  test('works on a server that served another suite before, at its new port', async () => {
    const first = await startSuite({ redis: {} })
    await first.dispose()
    await using second = await startSuite({ redis: {} })
    await second.redis.send('SET', 'a', '1')
    await second.redis.control.restart()
    const client = new Redis(second.redis.directUrl)
    expect(await client.dbsize()).toBe(0)
    client.disconnect()
  })

  test('is seen by a client as the end of its connection, and its next command is answered', () =>
    withNodeRedis(async (client) => {
      await client.ping()
      const ended = lost(client)
      await suite.redis.control.restart()
      await ended
      expect(await client.ping()).toBe('PONG')
    }))
})

describe('a limit', () => {
  test('of connections refuses one more than that in the words of Redis; those of hotbed are not counted', async () => {
    const clients = Array.from({ length: 5 }, () => new Redis(suite.redis.url))
    const limit = await suite.redis.control.limit({ connections: 5 })
    expect(await Promise.all(clients.map((client) => client.ping()))).toEqual(clients.map(() => 'PONG'))

    expect(await said(suite.redis.url)).toBe('-ERR max number of clients reached\r\n')
    expect(await said(suite.redis.directUrl)).toBe('-ERR max number of clients reached\r\n')
    expect(await suite.redis.send('PING')).toBe('PONG')
    expect((await suite.redis.inspect()).keys).toEqual([])

    await limit.remove()
    const late = new Redis(suite.redis.url)
    expect(await late.ping()).toBe('PONG')
    for (const client of [...clients, late]) client.disconnect()
  })

  test('of memory evicts by its policy, or refuses writes with OOM', async () => {
    const fill = async (): Promise<void> => {
      for (let key = 0; key < 40; key += 1) await suite.redis.send('SET', `key:${key}`, 'x'.repeat(100_000))
    }
    const limit = await suite.redis.control.limit({ memory: '3mb', policy: 'allkeys-lru' })
    await fill()
    expect(Number(/^evicted_keys:(\d+)/m.exec(String(await suite.redis.send('INFO', 'stats')))?.[1])).toBeGreaterThan(0)
    await limit.remove()
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory*')).toEqual(
      expect.arrayContaining(['maxmemory', '0', 'maxmemory-policy', 'noeviction']),
    )
    await suite.redis.control.flush()
    expect(await suite.redis.send('DBSIZE')).toBe(0)
    await suite.redis.control.limit({ memory: 3_000_000 })
    await expect(fill()).rejects.toThrow("OOM command not allowed when used memory > 'maxmemory'")
  })

  test('holds over a restart, and goes with a reset', async () => {
    await suite.redis.control.limit({ memory: '2mb' })
    await suite.redis.control.restart()
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', String(2 * 1_048_576)])
    await suite.reset()
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0'])
  })

  test('within a limit gives way to the outer one', async () => {
    await suite.redis.control.limit({ connections: 10 })
    const inner = await suite.redis.control.limit({ connections: 2, memory: '2mb' })
    expect(await suite.redis.send('CONFIG', 'GET', 'maxclients')).toEqual(['maxclients', '3'])
    await inner.remove()
    expect(await suite.redis.send('CONFIG', 'GET', 'maxclients')).toEqual(['maxclients', '11'])
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0'])
  })

  test.each<[object, string, string]>([
    [{ conections: 5 }, "redis.control.limit() has no option 'conections'.", "Did you mean 'connections'?"],
    [{}, "Option 'redis.control.limit()' must be given at least one of connections, memory, policy", ''],
    [{ connections: -1 }, "Option 'connections' must be a whole number from 0 to 100000, but is -1.", ''],
    [{ memory: '2 MB' }, "Option 'memory' must be bytes, or a size as in redis.conf, such as '2mb', but is \"2 MB\".", ''],
    [{ policy: 'newest' }, 'CONFIG SET', 'maxmemory-policy'],
  ])('that is wrong, such as %o, is refused, and nothing is limited', async (limits, message, remedy) => {
    const error: unknown = await suite.redis.control.limit(limits).catch((caught: unknown) => caught)
    expect(error).toHaveProperty('message', expect.stringContaining(message))
    expect(error).toHaveProperty('message', expect.stringContaining(remedy))
    expect(await suite.redis.send('CONFIG', 'GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  })
})

/** What a server says to a client that says nothing, until it hangs up. */
async function said(url: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
  let words = ''
  socket.on('data', (chunk: string) => (words += chunk))
  await once(socket, 'close')
  return words
}

function lost(client: NodeRedis): Promise<unknown> {
  return new Promise((resolve) => client.once('reconnecting', resolve))
}

interface Impatient extends AsyncDisposable {
  readonly client: Redis
}

/** A client that gives up a command by its own time-out. */
function openImpatient(url: string): Impatient {
  const client = new Redis(url, { commandTimeout: 200 })
  client.on('error', () => {})
  return { client, [Symbol.asyncDispose]: async () => client.disconnect() }
}
