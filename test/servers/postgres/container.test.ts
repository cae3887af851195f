import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isDiskFull } from '../../../src/databases/disk-full.js'
import { startPostgresContainer } from '../../../src/servers/postgres/container/start.js'
import { RUN_LABEL } from '../../../src/servers/container/labels.js'
import { openEngine } from '../../../src/servers/container/engine.js'
import { POSTGRES_IMAGE, REDIS_IMAGE, whyNoContainers } from '../container/engine-here.js'
import { describePostgresProvider } from './contract.js'
import { cache, query } from './observe.js'
import { makeDirectory } from './place.js'

const skip = await whyNoContainers(POSTGRES_IMAGE, REDIS_IMAGE)
let run = ''

const start: Parameters<typeof describePostgresProvider>[0]['start'] = (options = {}, { isSaved = false, ...how } = {}) => {
  run = makeDirectory()
  const files = isSaved ? 'saved in memory' : 'memory'
  return startPostgresContainer({ image: POSTGRES_IMAGE, ...options }, { run, cacheDirectory: cache(), files, ...how })
}

const leftByLast = async (): Promise<readonly string[]> => {
  const { docker } = await openEngine()
  const left = await docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })
  return left.map(({ Id, State }) => `${Id} ${State}`)
}

if (skip === undefined) {
  describePostgresProvider({ provider: 'container', start, leftByLast })
  describeContainers()
} else test.skip(`Postgres by provider 'container' (${skip})`, () => {})

/** Besides what every provider must do. */
function describeContainers(): void {
  describe('a container of Postgres', { timeout: 60_000 }, () => {
    test('says so when somebody has removed it', async () => {
      const server = await start()
      const { docker } = await openEngine()
      const [container] = await docker.listContainers({ filters: { label: [`${RUN_LABEL}=${run}`] } })

      await docker.getContainer(container?.Id ?? '').kill()

      expect(await server.exited).toEqual({ status: 137 })
      expect(server.lastLog().join('\n')).toContain('ready to accept connections')
      await server.stop()
      expect(await leftByLast()).toEqual([])
    })

    test('in its own layer keeps what was acknowledged when it is killed, and has its port again', async () => {
      run = makeDirectory()
      const server = await startPostgresContainer(
        { image: POSTGRES_IMAGE },
        { run, cacheDirectory: cache(), files: 'layer', preferences: { synchronous_commit: true } },
      )
      try {
        await query(server, 'CREATE TABLE kept AS SELECT 1 AS n')
        await server.control.kill()
        expect(server.control.condition()).toBe('killed')
        await expect(query(server, 'SELECT 1')).rejects.toThrow(/terminated|ECONN/)
        await server.control.restart('fast')
        expect((await query(server, 'SELECT n FROM kept')).rows).toEqual([{ n: 1 }])
        await server.control.restart('immediate')
        expect((await query(server, 'SELECT n FROM kept')).rows).toEqual([{ n: 1 }])
      } finally {
        await server.stop()
      }
    })

    test('is frozen and goes on', async () => {
      const server = await start()
      try {
        await server.control?.pause()
        const answer = query(server, 'SELECT 1 AS one')
        const other = await start()
        await query(other, 'SELECT 1')
        await other.stop()
        expect(server.control?.condition()).toBe('paused')
        await server.control?.resume()
        expect((await answer).rows).toEqual([{ one: 1 }])
      } finally {
        await server.stop()
      }
    })

    test('whose memory is full says so, as a disk does', async () => {
      run = makeDirectory()
      const memoryBytes = 80 * 1_048_576
      const server = await startPostgresContainer({ image: POSTGRES_IMAGE }, { run, cacheDirectory: cache(), memoryBytes })
      try {
        const filling = query(server, "CREATE TABLE full_up AS SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
        expect(isDiskFull(await filling.catch((error: unknown) => error))).toBe(true)
        expect((await query(server, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      } finally {
        await server.stop()
      }
    })

    test('has no second image of what lies in memory', async () => {
      const server = await start()
      try {
        await expect(server.images.save(join(makeDirectory(), 'image'))).rejects.toThrow('so they cannot be saved as an image')
        expect((await query(server, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      } finally {
        await server.stop()
      }
    })

    test('does not start from what is no image of a container', async () => {
      const image = makeDirectory()
      await expect(start({}, { image })).rejects.toMatchObject({
        code: 'ERR_HOTBED_POSTGRES_START',
        message: expect.stringContaining(`cannot start from ${image}, which is no image of a container.`),
      })
    })

    test('of another version than wanted is refused', async () => {
      await expect(
        startPostgresContainer({ image: POSTGRES_IMAGE, version: 17 }, { run: makeDirectory(), cacheDirectory: cache() }),
      ).rejects.toThrow("The image 'hotbed-test/postgres:15' is Postgres 15, wanted is 17. [ERR_HOTBED_POSTGRES_NOT_FOUND]")
    })

    test('of no Postgres is refused, with what it said', async () => {
      await expect(startPostgresContainer({ image: REDIS_IMAGE }, { run: makeDirectory(), cacheDirectory: cache() })).rejects.toMatchObject(
        {
          code: 'ERR_HOTBED_POSTGRES_START',
          message: expect.stringContaining('postgres: not found'),
        },
      )
    })
  })
}
