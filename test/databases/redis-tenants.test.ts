import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from 'redis'
import { formatStamp } from '../../src/databases/stamp.js'
import { readOwner } from '../../src/primitives/owner.js'
import { defineDataset } from '../../src/seed/index.js'
import { exchange } from '../../src/servers/redis/exchange.js'
import { startRedisServer } from '../../src/servers/redis/start.js'
import type { LocalRedisServer } from '../../src/servers/server.js'
import { startSuite } from '../../src/start-suite.js'
import { findFreePort } from '../../src/primitives/free-port.js'
import { makeCertificates } from '../servers/postgres/external/certificates.js'
import { makePlace } from '../servers/postgres/place.js'

const PASSWORD = 'hunter2'
let foreign: LocalRedisServer

beforeAll(async () => {
  foreign = await startRedisServer({ config: { requirepass: PASSWORD, databases: 4 } }, makePlace())
})
afterAll(() => foreign.stop())
beforeEach(() => send(0, ['FLUSHALL']))

/** As whoever else uses the server. */
async function send(database: number, ...commands: readonly (readonly string[])[]): Promise<unknown> {
  const replies = await exchange(foreign.files.socketPath, [['AUTH', PASSWORD], ['SELECT', String(database)], ...commands])
  return replies.at(-1)
}
const keys = (database: number): Promise<unknown> => send(database, ['KEYS', '*'])
const stackOf = (extra: object = {}) => ({ redis: { provider: { url: foreign.url, ...extra } } })

describe('a logical database', () => {
  test('is each suite’s own, and nothing is left of it', async () => {
    await send(0, ['SET', 'theirs', '1'])
    {
      await using one = await startSuite(stackOf())
      await using two = await startSuite(stackOf())
      expect([one.redis.database, two.redis.database]).toEqual([3, 2])
      expect(one.redis).toMatchObject({ provider: 'external', version: foreign.version })
      const client = createClient({ url: one.redis.url })
      await client.connect()
      const recording = await one.record(() => client.set('mine', '1'))
      expect(recording.commands.map(({ args }) => args)).toEqual([['SET', 'mine', '1']])
      await client.flushDb()
      await client.set('mine', '2')
      expect(await two.redis.send('DBSIZE')).toBe(0)
      expect(await keys(3)).toEqual(['mine'])
      await one.reset()
      expect(await keys(3)).toEqual([])
      await client.set('mine', '3')
      client.destroy()
    }
    expect([await keys(0), await keys(2), await keys(3)]).toEqual([['theirs'], [], []])
  })

  test('is filled with the keys of a dataset, and again by a reset', async () => {
    const dataset = defineDataset({ seed: 1, redis: [{ key: 'session:{row}', rows: 50, value: 'x' }] })
    await using suite = await startSuite({ redis: { provider: { url: foreign.url }, dataset } })
    expect(await suite.redis.send('DBSIZE')).toBe(50)
    await suite.redis.send('FLUSHDB')
    await suite.reset()
    expect(await suite.redis.send('DBSIZE')).toBe(50)
  })

  test('is none that holds keys of somebody else, or that another run has', async () => {
    await send(3, ['SET', 'theirs', '1'])
    await send(0, ['SET', 'hotbed:claim:2', formatStamp({ kind: 'suite', run: 'other', owner: readOwner(), atMs: Date.now() })])
    await send(0, ['SET', 'hotbed:claim:1', 'somebody’s own'])
    await expect(startSuite(stackOf())).rejects.toThrow(
      'has no logical database for a suite: of its 4 logical databases each one holds keys of somebody else, or belongs to another suite.',
    )
    expect([await keys(3), await send(0, ['EXISTS', 'hotbed:claim:1'])]).toEqual([['theirs'], 1])
  })

  test('that a dead run has left is emptied and taken', async () => {
    const run = await inProcess('await suite.redis.send("SET", "left", "1"); process.kill(process.pid, "SIGKILL")')
    expect(run).toBe('')
    expect(await keys(3)).toEqual(['left'])
    await using suite = await startSuite(stackOf())
    expect(suite.redis.database).toBe(3)
    expect(await suite.redis.send('DBSIZE')).toBe(0)
  })

  test('goes to one of those who claim it at once', async () => {
    const own = "console.log(suite.redis.database); await suite.redis.send('BLPOP', 'go', 30)"
    const found = Promise.all([inProcess(own), inProcess(own), inProcess(own)])
    await expect.poll(() => send(0, ['DBSIZE']), { timeout: 20_000, interval: 20 }).toBe(3)
    for (const database of [1, 2, 3]) await send(database, ['RPUSH', 'go', '1'])
    expect((await found).toSorted()).toEqual(['1', '2', '3'])
  })

  test('is claimed again when the server has lost it, and is never emptied when it is another’s by then', async () => {
    const suite = await startSuite(stackOf())
    await send(0, ['DEL', 'hotbed:claim:3'])
    await suite.reset()
    expect(await send(0, ['EXISTS', 'hotbed:claim:3'])).toBe(1)
    await send(0, ['SET', 'hotbed:claim:3', formatStamp({ kind: 'suite', run: 'other', owner: readOwner(), atMs: Date.now() })])
    await send(3, ['SET', 'theirs', '1'])
    await expect(suite.reset()).rejects.toThrow('belongs to another run by now')
    await expect(suite.dispose()).rejects.toThrow('Nothing was removed.')
    expect(await keys(3)).toEqual(['theirs'])
  })
})

describe('what is not the suite’s', () => {
  test.each([
    [['FLUSHALL'], 'FLUSHALL acts on the whole server, which others use, too'],
    [['CONFIG', 'SET', 'maxmemory', '1mb'], 'CONFIG SET acts on the whole server, which others use, too'],
    [['SELECT', '0'], "database 0 is not this suite's, which has database 3"],
    [['SWAPDB', '0', '3'], 'SWAPDB acts on the whole server, which others use, too'],
    [['COPY', 'a', 'b', 'DB', '1'], "database 1 is not this suite's, which has database 3"],
    [['SCRIPT', 'FLUSH'], 'SCRIPT FLUSH acts on the whole server, which others use, too'],
  ])('is refused to the application, and to the test: %j', async (command, why) => {
    await send(0, ['SET', 'theirs', '1'])
    await using suite = await startSuite(stackOf())
    const client = new Redis(suite.redis.url)
    await expect(client.call(command[0] ?? '', ...command.slice(1))).rejects.toThrow(`ERR hotbed: ${why}`)
    await expect(client.set('after', '1')).resolves.toBe('OK')
    client.disconnect()
    await expect(suite.redis.send(...command)).rejects.toThrow(why)
    expect(await send(0, ['GET', 'theirs'])).toBe('1')
  })

  test('is refused inside of MULTI as well, and to a client that is in no database of its own', async () => {
    await using suite = await startSuite(stackOf())
    const client = new Redis(suite.redis.url)
    await expect(client.multi().set('a', '1').flushall().exec()).rejects.toThrow('EXECABORT Transaction discarded')
    client.disconnect()
    const lost = new Redis(suite.redis.url.replace(/\/3$/, ''))
    await expect(lost.set('a', '1')).rejects.toThrow(
      'hotbed: the connection is in database 0, and this suite has database 3, which its URL names',
    )
    lost.disconnect()
    expect(await keys(0)).toEqual(['hotbed:claim:3'])
  })

  test('lives as long as it did, whatever the clock of the suite does', async () => {
    await send(0, ['SET', 'theirs', '1', 'EX', '100'])
    await using suite = await startSuite(stackOf())
    await suite.redis.send('SET', 'short', '1', 'EX', 100)
    await suite.redis.send('SET', 'long', '1', 'EX', 1000)
    const jump = await suite.clock.advance('10m')
    expect(jump.redis).toMatchObject({ expired: { count: 1 }, moved: 1 })
    expect(await suite.redis.send('EXISTS', 'short', 'long')).toBe(1)
    expect(await send(0, ['TTL', 'theirs'])).toBeGreaterThan(90)
    await using weaker = await startSuite(stackOf({ keyPrefix: true }))
    await expect(weaker.clock.advance('1m')).rejects.toThrow("which others' keys have, too, beside those with 'hotbed:")
  })

  test('is not controlled', async () => {
    await using suite = await startSuite(stackOf())
    await expect(suite.redis.control.flush()).rejects.toThrow('FLUSHALL was not sent to the shared Redis')
    await expect(suite.redis.measureMemory(() => {})).rejects.toThrow(
      'measures the memory of the whole server, which is shared with others',
    )
    await expect(suite.redis.control.kill()).rejects.toThrow('suite.redis.control.kill() acts on the whole server')
    await expect(suite.redis.control.limit({ memory: '2mb' })).rejects.toThrow(
      'suite.redis.control.limit() changes settings of the whole server',
    )
  })
})

describe('a prefix', () => {
  test('is weaker, and what is declared: its keys alone go', async () => {
    await send(0, ['SET', 'theirs', '1'])
    await using suite = await startSuite(stackOf({ keyPrefix: true }))
    const { keyPrefix = '' } = suite.redis
    expect(keyPrefix).toMatch(/^hotbed:[0-9a-f]{10}:1:$/)
    const client = new Redis(suite.redis.url, { keyPrefix })
    await client.set('a', '1')
    await client.set('b', '2')
    await expect(client.flushdb()).rejects.toThrow(
      `hotbed: FLUSHDB would empty database 0, of which this suite has only the keys '${keyPrefix}*'`,
    )
    expect((await keys(0)) as string[]).toHaveLength(4)
    await suite.reset()
    expect(await client.get('a')).toBeNull()
    await client.set('a', '1')
    client.disconnect()
    await suite.dispose()
    expect(await keys(0)).toEqual(['theirs'])
  })

  test('of a dead run goes with the next', async () => {
    await inProcess('await suite.redis.send("SET", `${suite.redis.keyPrefix}left`, "1"); process.kill(process.pid, "SIGKILL")', {
      keyPrefix: true,
    })
    expect((await keys(0)) as string[]).toHaveLength(2)
    const suite = await startSuite(stackOf({ keyPrefix: true }))
    await suite.dispose()
    expect(await keys(0)).toEqual([])
  })

  test('takes no dataset', async () => {
    const dataset = defineDataset({ seed: 1, redis: [{ key: 'session:{row}', rows: 50, value: 'x' }] })
    await expect(startSuite({ redis: { provider: { url: foreign.url, keyPrefix: true }, dataset } })).rejects.toThrow(
      'cannot be loaded with keyPrefix: true',
    )
  })
})

test('over TLS the keys are loaded, and the application is recorded, which itself speaks none to the tap', async () => {
  const { ca, serverCert, serverKey } = makeCertificates('client')
  const port = await findFreePort()
  const files = { 'tls-cert-file': serverCert, 'tls-key-file': serverKey, 'tls-ca-cert-file': ca }
  const secure = await startRedisServer(
    { config: { ...files, 'tls-port': port, 'tls-auth-clients': 'no', requirepass: PASSWORD } },
    makePlace(),
  )
  try {
    const dataset = defineDataset({ seed: 1, redis: [{ key: 'session:{row}', rows: 50, value: 'x' }] })
    const url = `rediss://:${PASSWORD}@localhost:${port}?ssl_ca_certs=${ca}`
    await using suite = await startSuite({ redis: { provider: { url }, dataset } })
    expect(suite.redis.url).toMatch(/^redis:\/\/:hunter2@127\.0\.0\.1:\d+\/15$/)
    const client = createClient({ url: suite.redis.url })
    await client.connect()
    const recording = await suite.record(() => client.get('session:7'))
    expect([recording.result, recording.commands.length]).toEqual(['x', 1])
    client.destroy()
    const untrusted = url.replace(/\?.*/, '')
    await expect(startSuite({ redis: { provider: { url: untrusted } } })).rejects.toThrow('its certificate is not trusted')
    await expect(startSuite({ redis: { provider: { url: untrusted.replace('rediss:', 'redis:') } } })).rejects.toThrow('cannot be used')
  } finally {
    await secure.stop()
  }
})

test.each([
  ['localhost hunter2', 'must be the URL of a Redis. It is a text that is no URL.'],
  ['http://:hunter2@localhost', 'must begin with redis:// or rediss://, and begins with http://. It is http://:***@localhost/.'],
  ['redis://:hunter2@127.0.0.1:1', 'nobody listens there.'],
  ['redis://:hunter2@no-such-host.invalid', "no host is called 'no-such-host.invalid'."],
  ['redis://PORT', 'it demands a password, and the URL has none.'],
  ['redis://:hunter22@PORT', 'the password is wrong'],
])('%s is refused without its password', async (url, why) => {
  const error = await startSuite({ redis: { provider: { url: url.replace('PORT', `127.0.0.1:${foreign.port}`) } } }).then(
    () => 'started',
    (refused: unknown) => String(refused),
  )
  expect(error).toContain(why)
  expect(error).not.toContain('hunter2')
})

/** Runs statements on a suite in a process of its own; gives what it has printed. */
async function inProcess(statements: string, extra: object = {}): Promise<string> {
  const script = `import { startSuite } from '${fileURLToPath(new URL('../../dist/index.js', import.meta.url))}'
    const suite = await startSuite({ redis: { provider: JSON.parse(process.env.GIVEN) } })
    ${statements}
    await suite.dispose()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIVEN: JSON.stringify({ url: foreign.url, ...extra }) },
  })
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return `${out}${errors}`.trim()
}
