import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresStart } from '../../../src/servers/postgres/start.js'
import type { LocalPostgresServer, PostgresServerOptions, ServerPlace } from '../../../src/servers/server.js'
import { describePostgresProvider } from './contract.js'
import { backendPid, cache, connectAs, listSegments, processesIn, query, readSegment, untilActive } from './observe.js'
import { makeDirectory, makePlace } from './place.js'

/** What a provider must do whose servers are processes and files here, besides what all must. `skip`: why it cannot be tested on this machine. */
export function describeLocalPostgres(
  provider: string,
  options: PostgresServerOptions,
  { skip }: { readonly skip?: string | undefined } = {},
): void {
  if (skip !== undefined) {
    test.skip(`Postgres by provider '${provider}' (${skip})`, () => {})
    return
  }
  let last: ServerPlace | undefined
  const start = (more: PostgresServerOptions = {}, how: PostgresStart = {}, directoryName?: string): Promise<LocalPostgresServer> => {
    last = makePlace(directoryName)
    return startPostgresServer({ ...options, ...more }, last, { cacheDirectory: cache(), ...how })
  }
  describePostgresProvider({
    provider,
    start: (more, how) => start(more, how),
    leftByLast: () => Promise.resolve([last?.directory ?? ''].filter(existsSync)),
  })

  describe(`the process of Postgres by provider '${provider}'`, { timeout: 60_000 }, () => {
    let server: LocalPostgresServer
    beforeAll(async () => {
      server = await start()
    }, 120_000)
    afterAll(() => server?.stop())

    test('names the process that it is', () => {
      expect(readFileSync(join(server.files.dataDirectory, 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${server.pid}\n`))
    })

    test('answers over the unix socket without a password', async () => {
      const { rows } = await query(server, 'SELECT current_user AS who, inet_server_addr() AS address')
      expect(rows).toEqual([{ who: 'postgres', address: null }])
    })

    test('says what the log said when it does not start', async () => {
      const image = makeDirectory({ owned: true })
      mkdirSync(join(image, 'base'))
      writeFileSync(join(image, 'PG_VERSION'), `${server.version.major}\n`)
      await expect(start({}, { image })).rejects.toMatchObject({
        code: 'ERR_HOTBED_POSTGRES_START',
        message: expect.stringMatching(/ended with status \d instead of accepting connections[^]*Last lines of its log:[^]*postgres/),
      })
    })

    test('refuses an image that is none, or of another version', async () => {
      const image = makeDirectory({ owned: true })
      await expect(start({}, { image })).rejects.toThrow(`cannot start from ${image}, which is no cluster. [ERR_HOTBED_POSTGRES_START]`)
      writeFileSync(join(image, 'PG_VERSION'), '9.6\n')
      await expect(start({}, { image })).rejects.toThrow(`which is a cluster of Postgres 9.6. [ERR_HOTBED_POSTGRES_START]`)
    })

    test.each(['with spaces', `quo'te "double"`, 'ünïcödé 漢字', 'comma, and \\ too', '$HOME; `x`'])(
      'lives in a directory named %s',
      async (directoryName) => {
        const other = await start({}, {}, directoryName)
        try {
          expect((await query(other, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
        } finally {
          await other.stop()
        }
        expect(existsSync(other.files.socketDirectory)).toBe(false)
      },
    )

    test('refuses a directory whose socket path is too long', async () => {
      await expect(start({}, {}, 'x'.repeat(80))).rejects.toMatchObject({
        code: 'ERR_HOTBED_RUN_DIRECTORY',
        message: expect.stringMatching(/would have \d+ bytes; this system allows 10[37]\.[^]*Set HOTBED_RUN_DIRECTORY/),
      })
    })

    test.runIf(process.platform === 'linux')('leaves no process, no segment and no directory when the postmaster is killed', async () => {
      const other = await start()
      const [sleeping, busy] = await Promise.all([connectAs(other), connectAs(other)])
      const pids = await Promise.all([sleeping, busy].map(backendPid))
      const segment = readSegment(other)
      expect(listSegments()).toContain(segment)
      const lost = [sleeping.query('SELECT pg_sleep(1000)'), busy.query('SELECT count(*) FROM generate_series(1, 1e12::bigint)')].map(
        (running) =>
          running.then(
            () => 'answered',
            () => 'lost',
          ),
      )
      await untilActive(other, pids)

      process.kill(other.pid, 'SIGKILL')
      expect(await other.exited).toEqual({ status: 137 })
      expect(processesIn(other.files.dataDirectory)).toContain(pids[1])
      await other.stop()

      expect(await Promise.all(lost)).toEqual(['lost', 'lost'])
      expect(processesIn(other.files.dataDirectory)).toEqual([])
      expect(listSegments()).not.toContain(segment)
      expect(existsSync(other.files.socketDirectory)).toBe(false)
    })
  })
}
