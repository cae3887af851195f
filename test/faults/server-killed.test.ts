import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startSuite } from '../../src/start-suite.js'
import { SOON, useRunParent } from '../primitives/child.js'
import { hasSegment, segmentOf } from '../primitives/shared-memory.js'

const runs = useRunParent()

/** The pid of the postmaster whose cluster this is. */
function postmaster(dataDirectory = ''): number {
  return Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
}

describe('when Postgres is killed under an open suite', () => {
  test.each(['SIGKILL', 'SIGINT', 'SIGQUIT'] as const)(
    'by %s, the next statement says so with the last lines of the log',
    async (signal) => {
      await using suite = await startSuite({ postgres: {}, redis: {} })
      await suite.postgres.query('SELECT 1')
      const pid = postmaster(suite.postgres.dataDirectory)
      process.kill(pid, signal)
      const status = { SIGKILL: 137, SIGINT: 0, SIGQUIT: 0 }[signal]

      await expect
        .poll(
          () =>
            suite.postgres.query('SELECT 1  AS\n one').then(
              () => 'answered',
              (error: { code?: string }) => error.code,
            ),
          SOON,
        )
        .toBe('ERR_HOTBED_POSTGRES_EXITED')
      await expect(suite.postgres.query('SELECT 1  AS\n one')).rejects.toMatchObject({
        code: 'ERR_HOTBED_POSTGRES_EXITED',
        message: expect.stringMatching(
          new RegExp(
            `^Postgres \\(pid ${pid}\\) ended with status ${status}; '.*' has no answer\\. \\[ERR_HOTBED_POSTGRES_EXITED\\]\\n  Last lines of its log:\\n`,
          ),
        ),
        log: expect.arrayContaining([expect.stringContaining('database system is ready to accept connections')]),
      })
      await expect(suite.postgres.explain('SELECT 1')).rejects.toMatchObject({ code: 'ERR_HOTBED_POSTGRES_EXITED' })
      await expect(suite.reset()).rejects.toMatchObject({ code: 'ERR_HOTBED_POSTGRES_EXITED' })
      expect(await suite.redis.send('PING')).toBe('PONG')
    },
  )

  test('a statement that is under way fails so', async () => {
    await using suite = await startSuite({ postgres: {} })
    await suite.postgres.query('SELECT 1')
    const working = suite.postgres.query('SELECT pg_sleep(1000)')
    process.kill(postmaster(suite.postgres.dataDirectory), 'SIGQUIT')
    await expect(working).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_EXITED',
      message: expect.stringContaining(`'SELECT pg_sleep(1000)' has no answer.`),
    })
  })

  test('the next suite gets a new one, also while the old suite is open', async () => {
    await using suite = await startSuite({ postgres: {} })
    process.kill(postmaster(suite.postgres.dataDirectory), 'SIGKILL')
    await expect(suite.postgres.query('SELECT 1')).rejects.toMatchObject({ code: 'ERR_HOTBED_POSTGRES_EXITED' })

    await using next = await startSuite({ postgres: {} })

    expect((await next.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(next.postgres.dataDirectory).not.toBe(suite.postgres.dataDirectory)
  })

  test('with isolation server, the end of the suite still works', async () => {
    const suite = await startSuite({ postgres: {} }, { isolation: 'server' })
    process.kill(postmaster(suite.postgres.dataDirectory), 'SIGKILL')
    await suite.dispose()
    expect(readdirSync(runs())).toEqual([])
  })

  test('its shared memory goes at once, since the end of another server may take the directory along that names it', async () => {
    await using suite = await startSuite({ postgres: {}, redis: {} }, { isolation: 'server' })
    const segment = segmentOf(suite.postgres.dataDirectory ?? '') ?? ''
    expect(hasSegment(segment)).toBe(true)
    await suite.postgres.control.kill()
    await expect.poll(() => hasSegment(segment), SOON).toBe(false)
    await suite.postgres.control.restart()
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

describe('when Redis is killed under an open suite', () => {
  async function kill(suite: { readonly redis: { readonly send: (...args: readonly string[]) => Promise<unknown> } }): Promise<number> {
    const info = String(await suite.redis.send('INFO', 'server'))
    const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1])
    process.kill(pid, 'SIGKILL')
    return pid
  }

  test('the next command says so with the last lines of the log', async () => {
    await using suite = await startSuite({ postgres: {}, redis: {} })
    const pid = await kill(suite)
    const exited = {
      code: 'ERR_HOTBED_REDIS_EXITED',
      message: expect.stringMatching(
        new RegExp(
          `^Redis \\(pid ${pid}\\) ended with status 137; '.*' has no answer\\. \\[ERR_HOTBED_REDIS_EXITED\\]\\n  Last lines of its log:\\n`,
        ),
      ),
    }
    await expect(suite.redis.send('GET', 'a')).rejects.toMatchObject(exited)
    await expect(suite.redis.send('GET', 'a')).rejects.toMatchObject(exited)
    await expect(suite.redis.inspect()).rejects.toMatchObject(exited)
    await expect(suite.reset()).rejects.toMatchObject(exited)
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await using next = await startSuite({ postgres: {}, redis: {} })
    expect(await next.redis.send('PING')).toBe('PONG')
  })
})
