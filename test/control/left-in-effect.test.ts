import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { startSuite } from '../../src/index.js'
import { DIST, leftIn, makeRunParent, processesOf, SOON, startChild, useRunParent } from '../primitives/child.js'

describe('a suite that ends', () => {
  const runs = useRunParent()

  test('with servers that it acted on says so by name, and leaves nothing', async () => {
    const suite = await startSuite({ postgres: {}, redis: {} }, { isolation: 'server' })
    await suite.postgres.control.limit({ connections: 20 })
    await suite.postgres.control.pause()
    await suite.redis.control.limit({ memory: '2mb', policy: 'allkeys-lru' })
    await suite.redis.control.kill()

    await expect(suite.dispose()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: The suite ended with something left behind:
        - a server was left as it is after suite.postgres.control.pause()
        - a server was left as it is after suite.postgres.control.limit({ connections: 20 })
        - a server was left as it is after suite.redis.control.kill()
        - a server was left as it is after suite.redis.control.limit({ memory: '2mb', policy: 'allkeys-lru' }) [ERR_HOTBED_LEFT_BEHIND]
        → End it in the code under test or in the test, or switch the check off with leavesNothingBehind: false.]
    `)

    expect(readdirSync(runs())).toEqual([])
  })

  test('with a statement that a paused server holds ends as well', async () => {
    const suite = await startSuite({ postgres: {} }, { isolation: 'server', leavesNothingBehind: false })
    const client = new pg.Client({ connectionString: suite.postgres.directUrl })
    client.on('error', () => {})
    await client.connect()
    await suite.postgres.control.pause()
    const asked = client.query('SELECT 1').catch((error: Error) => error.message)

    await suite.dispose()

    // What the server had not read when it was killed is answered by a reset.
    expect(await asked).toBe('read ECONNRESET')
  })

  test('with what it brought back itself ends well', async () => {
    const suite = await startSuite({ postgres: {}, redis: {} }, { isolation: 'server' })
    const limit = await suite.redis.control.limit({ connections: 1 })
    await suite.postgres.control.pause()
    await suite.postgres.control.resume()
    await limit[Symbol.asyncDispose]()
    await suite.postgres.control.kill()
    await suite.postgres.control.restart()
    await expect(suite.dispose()).resolves.toBeUndefined()
  })
})

test('a server that somebody else has killed is not brought back', async () => {
  await using suite = await startSuite({ redis: {} })
  const info = String(await suite.redis.send('INFO', 'server'))
  process.kill(Number(/^process_id:(\d+)/m.exec(info)?.[1]), 'SIGKILL')
  await expect
    .poll(() => suite.redis.control.pause().catch((error: Error) => error.message), SOON)
    .toMatch(/^Redis \(pid \d+\) has ended by itself with status 137/)
  await expect(suite.redis.control.restart()).rejects.toMatchObject({ code: 'ERR_HOTBED_REDIS_EXITED' })
})

test('a suite that is kept has its servers up, and has no say over them', async () => {
  const runs = makeRunParent()
  const child = startChild(
    `
    const { startSuite } = await import('${DIST}index.js')
    const suite = await startSuite({ postgres: {}, redis: {} }, { isolation: 'server' })
    await suite.postgres.control.pause()
    await suite.redis.control.kill()
    await suite.keep()
    say('one', (await suite.postgres.query('SELECT 1 AS one')).rows[0].one + ' ' + (await suite.redis.send('PING')))
    await suite.postgres.control.kill().catch((error) => say('refused', error.message.split('\\n')[0]))
    await suite.dispose()
    say('url', suite.postgres.directUrl)`,
    { env: { HOTBED_RUN_DIRECTORY: runs } },
  )
  expect(await child.said('one')).toBe('1 PONG')
  expect(await child.said('refused')).toBe(
    'suite.postgres.control.kill() would act on a server that this suite has given away by suite.keep(). [ERR_HOTBED_ISOLATION]',
  )
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  const client = new pg.Client({ connectionString: await child.said('url') })
  await client.connect()
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
  const servers = processesOf(runs)
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => !readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh'))
  for (const pid of servers) process.kill(pid, 'SIGKILL')
  await expect.poll(() => leftIn(runs), SOON).toEqual([])
})

test.each(['pause', 'kill'])('nothing is left of a process that dies after a %s', async (verb) => {
  const runs = makeRunParent()
  const child = startChild(
    `
    const { startSuite } = await import('${DIST}index.js')
    const suite = await startSuite({ postgres: {}, redis: {} }, { isolation: 'server' })
    await suite.postgres.query('SELECT 1')
    await Promise.all([suite.postgres.control.${verb}(), suite.redis.control.${verb}()])
    say('done')
    setInterval(() => {}, 1000)`,
    { env: { HOTBED_RUN_DIRECTORY: runs } },
  )
  await child.said('done')
  expect(leftIn(runs)).not.toEqual([])
  child.kill('SIGKILL')
  await child.ended
  await expect.poll(() => leftIn(runs), SOON).toEqual([])
})
