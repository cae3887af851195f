import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTappedRedisSuite, type TappedRedisSuite } from './tapped-redis-suite.js'

/** Five minutes; and one that is no whole number of seconds. */
const OFFSETS = [300_000, 300_250] as const
const HOUR = 3_600

let suite: TappedRedisSuite
/** What each client calls a command by: texts in, texts and numbers out. */
interface Client {
  readonly send: (name: string, ...args: readonly string[]) => Promise<unknown>
  readonly transaction: (...commands: readonly (readonly [string, ...string[]])[]) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

async function openNodeRedis(url: string, RESP: 2 | 3): Promise<Client> {
  const client = createClient({ url, RESP })
  client.on('error', () => {})
  await client.connect()
  return {
    send: (...args) => client.sendCommand(args),
    transaction: (...commands) => {
      const multi = client.multi()
      for (const args of commands) multi.addCommand([...args])
      return multi.exec()
    },
    close: () => client.close(),
  }
}

async function openIoredis(url: string): Promise<Client> {
  const client = new Redis(url, { lazyConnect: true })
  await client.connect()
  return {
    send: (name, ...args) => client.call(name, ...args),
    transaction: async (...commands) => {
      const multi = client.multi()
      for (const [name, ...args] of commands) multi.call(name, ...args)
      return (await multi.exec())?.map(([, reply]) => reply)
    },
    close: () => client.quit(),
  }
}

beforeAll(async () => {
  suite = await openTappedRedisSuite()
})
beforeEach(async () => {
  await suite.setClockOffset(0)
  await suite.send('FLUSHALL')
})
afterAll(() => suite.dispose())

/** Milliseconds that the key has left on the server, where no time has passed. */
const left = async (key: string): Promise<number> => Number(await suite.send('PTTL', key))

describe.each([
  ['node-redis with RESP2', (url: string) => openNodeRedis(url, 2)],
  ['node-redis with RESP3', (url: string) => openNodeRedis(url, 3)],
  ['ioredis', openIoredis],
] as const)('%s', (_name, open) => {
  let client: Client
  beforeAll(async () => {
    client = await open(suite.url)
  })
  afterAll(() => client.close())

  test.each(OFFSETS)('a key expires when the application meant, whichever command says it, %i ms ahead', async (offset) => {
    await suite.setClockOffset(offset)
    await suite.send('SET', 'source', 'x')
    const dump = (await suite.send('DUMP', 'source')) as string
    const seconds = Math.ceil((Date.now() + offset) / 1000) + HOUR
    const at = seconds * 1000
    for (const key of ['a', 'b', 'd', 'e']) await client.send('SET', key, 'x')
    const before = Date.now()
    await client.send('EXPIREAT', 'a', String(seconds))
    await client.send('pexpireat', 'b', String(at), 'NX')
    await client.send('SET', 'c', 'EXAT', 'EXAT', String(seconds), 'GET')
    await client.send('GETEX', 'd', 'EXAT', String(seconds))
    await client.send('GETEX', 'e', 'PXAT', String(at))
    await client.send('SET', 'f', 'x', 'NX', 'PXAT', String(at))
    await client.transaction(['SET', 'g', 'x', 'EXAT', String(seconds)], ['EXPIREAT', 'source', String(seconds), 'NX'])
    expect(dump).toBeTypeOf('string')
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'source']) {
      // Exactly: what the server has is the moment of the application less the offset.
      expect([key, Number(await suite.send('PEXPIRETIME', key))]).toEqual([key, at - offset])
      expect(await left(key)).toBeLessThanOrEqual(at - offset - before)
      expect(Number(await client.send('PEXPIRETIME', key))).toBe(at)
      expect(Number(await client.send('EXPIRETIME', key))).toBe(seconds)
    }
    expect(await client.send('GET', 'c')).toBe('EXAT')
    expect(await client.transaction(['EXPIRETIME', 'a'], ['GET', 'a'], ['PEXPIRETIME', 'b'], ['PEXPIRETIME', 'none'])).toEqual([
      seconds,
      'x',
      at,
      -2,
    ])
  })

  test('TIME tells the clock of the application, alone and in a transaction', async () => {
    await suite.setClockOffset(90_061_001)
    const read = (reply: unknown): number => {
      const [seconds, micros] = (reply as readonly unknown[]).map(Number)
      return (seconds ?? 0) * 1000 + (micros ?? 0) / 1000
    }
    const direct = read(await suite.send('TIME'))
    const alone = read(await client.send('TIME'))
    const [queued] = (await client.transaction(['TIME'], ['PING'])) as readonly unknown[]
    const after = read(await suite.send('TIME'))
    for (const moved of [alone, read(queued)]) {
      expect(moved - 90_061_001).toBeGreaterThanOrEqual(direct)
      expect(moved - 90_061_001).toBeLessThanOrEqual(after)
    }
  })

  test('what is no moment stays as it is: no key, no time to live, errors, and values that look like options', async () => {
    await suite.setClockOffset(300_000)
    await client.send('SET', 'k', 'PXAT')
    expect(await client.send('PEXPIRETIME', 'none')).toBe(-2)
    expect(await client.send('EXPIRETIME', 'k')).toBe(-1)
    for (const bad of ['soon', '-1', '0', '1.5', '99999999999999999999', '']) {
      await expect(client.send('SET', 'k', 'v', 'PXAT', bad)).rejects.toThrow(/integer|invalid expire|syntax/)
    }
    await expect(client.send('EXPIREAT', 'k', '9223372036854775807')).rejects.toThrow('invalid expire time')
    expect(await client.send('GET', 'k')).toBe('PXAT')
    // A moment of 1970 is in the past, and no error.
    expect(await client.send('SET', 'past', 'v', 'EXAT', '1')).toBe('OK')
    expect(await client.send('EXISTS', 'past')).toBe(0)
    expect(await client.send('PEXPIREAT', 'k', '1')).toBe(1)
    expect(await client.send('EXISTS', 'k')).toBe(0)
  })

  test('a recording has what the application sent and saw, and says that it was translated', async () => {
    await suite.setClockOffset(300_000)
    const at = String(Math.ceil(Date.now() / 1000) * 1000 + 7_200_000)
    const commands = await suite.recordCommands(async () => {
      await client.send('SET', 'k', 'v', 'PXAT', at)
      await client.send('PEXPIRETIME', 'k')
      await client.transaction(['GET', 'k'], ['PEXPIRETIME', 'k'])
      await client.send('GET', 'k')
    })
    expect(
      commands.map(({ args, reply, steered }) => [args.join(' ').replace(/^(multi|exec)$/, (word) => word.toUpperCase()), reply, steered]),
    ).toEqual([
      [`SET k v PXAT ${at}`, '+OK\r\n', 'translated by the clock −300 s'],
      ['PEXPIRETIME k', `:${at}\r\n`, 'translated by the clock +300 s'],
      ['MULTI', '+OK\r\n', undefined],
      ['GET k', '$1\r\nv\r\n', undefined],
      ['PEXPIRETIME k', `:${at}\r\n`, 'translated by the clock +300 s'],
      ['EXEC', `*2\r\n$1\r\nv\r\n:${at}\r\n`, undefined],
      ['GET k', '$1\r\nv\r\n', undefined],
    ])
  })
})

test('at offset 0 nothing is touched', async () => {
  const client = await openIoredis(suite.url)
  const at = Math.ceil(Date.now() / 1000) * 1000 + 60_000
  const commands = await suite.recordCommands(async () => {
    await client.send('SET', 'k', 'v', 'PXAT', String(at))
    await client.send('PEXPIRETIME', 'k')
  })
  expect(Number(await suite.send('PEXPIRETIME', 'k'))).toBe(at)
  expect(commands.every(({ steered }) => steered === undefined)).toBe(true)
  await client.close()
})

test('a command that is held while the clock is moved means the moment at which the server gets it', async () => {
  const client = await openIoredis(suite.url)
  const at = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000
  const rule = await suite.tap('addRule', [
    { match: 'redis', action: { kind: 'hold', parties: undefined, deadlineMs: 5_000 }, times: 1, skip: 0, connection: undefined },
  ])
  const commands = await suite.recordCommands(async () => {
    const held = client.send('SET', 'k', 'v', 'PXAT', String(at))
    await suite.tap('arrived', [rule, 1, 5_000])
    await suite.setClockOffset(300_000)
    await suite.tap('releaseRule', [rule])
    await held
  })
  await suite.tap('removeRule', [rule])
  expect(Number(await suite.send('PEXPIRETIME', 'k'))).toBe(at - 300_000)
  expect(commands[0]?.steered).toMatch(/^held \d+ ms, translated by the clock −300 s$/)
  await client.close()
})

test('what cannot be translated is listed, with what is known of it', async () => {
  const client = await openIoredis(suite.url)
  const early = "return redis.call('PEXPIREAT', KEYS[1], ARGV[1])"
  const late = "return redis.call('time')[1] -- at any time"
  const harmless = "return redis.call('GET', KEYS[1]) -- some other time"
  const sha = String(await client.send('SCRIPT', 'LOAD', early))
  const unseen = String(await suite.send('SCRIPT', 'LOAD', 'return ARGV[1]'))
  await client.send('FUNCTION', 'LOAD', "#!lua name=lib\nredis.register_function('now', function() return redis.call('TIME') end)")
  await suite.setClockOffset(300_000)
  await client.send('EVALSHA', sha, '1', 'k', String(Date.now()))
  await client.send('EVALSHA', sha, '1', 'k', String(Date.now()))
  await client.send('EVAL', late, '0')
  await client.send('EVAL', `--${' '.repeat(5_000)}\n${late}`, '0')
  await client.send('EVAL', harmless, '1', 'k')
  await client.send('EVAL', 'return redis.call(unpack(ARGV))', '0', 'EXPIREAT', 'k', '1700000000')
  await client.send('EVALSHA', unseen, '0', '1700000000')
  await client.send('FCALL', 'now', '0')
  await client.send('XADD', 's', 'MAXLEN', '~', '5', '*', 'f', 'v')
  await client.send('XADD', 't', '1-1', '*', '*')
  await client.send('SET', 'k', 'v')
  await client.send('OBJECT', 'IDLETIME', 'k')
  await client.send('OBJECT', 'ENCODING', 'k')
  const lines = (await suite.untranslated()).map(({ command, why, times }) => `${times} × ${command}: ${why}`)
  expect(lines.join('\n').replace(sha, '(sha)').replace(unseen, '(unseen)')).toMatchInlineSnapshot(`
    "2 × EVALSHA (sha): the script uses PEXPIREAT
    1 × EVAL return redis.call('time')[1] -- at any time: the script uses TIME
    1 × EVAL --: the script uses TIME
    1 × EVAL return redis.call(unpack(ARGV)): the script uses EXPIREAT
    1 × EVALSHA (unseen): the tap has not seen its text, and its argument 1700000000 may be a moment
    1 × FCALL now: the script uses TIME
    1 × XADD s: the id that the server gives is of its own clock, which did not move
    1 × OBJECT IDLETIME: idle times are of the server’s own clock, which did not move"
  `)
  await suite.setClockOffset(0)
  expect(await suite.untranslated()).toEqual([])
  await client.close()
})

test('a clock that is behind, or between two milliseconds, is refused', async () => {
  for (const offset of [-1, 0.5, Number.NaN, 2 ** 53]) {
    await expect(suite.setClockOffset(offset)).rejects.toMatchObject({ code: 'ERR_HOTBED_OPTION' })
  }
})
