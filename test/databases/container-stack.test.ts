import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import type { SuiteParts } from '../../src/databases/suite-parts.js'
import { CACHE_LABEL, cacheLabel, OWNER_LABEL } from '../../src/servers/container/labels.js'
import { openEngine } from '../../src/servers/container/engine.js'
import { formatOwner, readOwner } from '../../src/primitives/owner.js'
import { startSuite } from '../../src/start-suite.js'
import { defineDataset } from '../../src/seed/index.js'
import { POSTGRES_IMAGE, REDIS_IMAGE, whyNoContainers } from '../servers/container/engine-here.js'
import { makeFolder } from './place.js'

const skip = await whyNoContainers(POSTGRES_IMAGE, REDIS_IMAGE)

const listOwn = async (): Promise<readonly string[]> => {
  const { docker } = await openEngine()
  const own = await docker.listContainers({ all: true, filters: { label: [`${OWNER_LABEL}=${formatOwner(readOwner())}`] } })
  return own.map(({ Id }) => Id)
}

describe.skipIf(skip !== undefined)(`a stack in containers${skip === undefined ? '' : ` (skipped: ${skip})`}`, { timeout: 90_000 }, () => {
  let cacheDirectory: string
  let migrations: string
  beforeAll(() => {
    cacheDirectory = mkdtempSync(join(tmpdir(), 'hotbed-cache-'))
    vi.stubEnv('HOTBED_CACHE_DIRECTORY', cacheDirectory)
    migrations = makeFolder({ '1.sql': 'CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items SELECT generate_series(1, 1000)' })
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await removeSaved()
    rmSync(cacheDirectory, { recursive: true, force: true })
  })

  /** What was saved for this cache directory. Gives how many images there were. */
  const removeSaved = async (): Promise<number> => {
    const { docker } = await openEngine()
    const saved = await docker.listImages({ filters: { label: [`${CACHE_LABEL}=${cacheLabel(cacheDirectory)}`] } })
    for (const tag of saved.flatMap(({ RepoTags }) => RepoTags ?? [])) await docker.getImage(tag).remove({ force: true })
    return saved.length
  }

  const count = async ({ verbs }: SuiteParts): Promise<unknown> => (await verbs.query('SELECT count(*)::int AS n FROM items', [])).rows

  test('has its templates saved, and started from by the next run; one container serves all suites', async () => {
    const stack = { postgres: { image: POSTGRES_IMAGE, migrations } }
    const first = createRun()
    try {
      const [one, two] = await Promise.all([first.openSuite(stack), first.openSuite(stack)])
      expect(await Promise.all([one, two].map(count))).toEqual([[{ n: 1000 }], [{ n: 1000 }]])
      expect(await listOwn()).toHaveLength(1)
      await one.verbs.query('DELETE FROM items', [])
      expect(await count(two)).toEqual([{ n: 1000 }])
      await one.verbs.reset()
      expect(await count(one)).toEqual([{ n: 1000 }])
      expect(one.facts.postgres).toMatchObject({ provider: 'container', dataDirectory: undefined })
    } finally {
      await first.close()
    }
    expect(first.steps().map(({ name }) => name)).toContain('save the image for the next run')
    expect(await listOwn()).toEqual([])

    const second = createRun()
    try {
      expect(await count(await second.openSuite(stack))).toEqual([{ n: 1000 }])
    } finally {
      await second.close()
    }
    expect(second.steps().map(({ name }) => name)).toEqual([
      'look at the image of Postgres',
      'start postgres 15.18 (container, in memory, saved image)',
      'connect',
      'clone',
    ])
  })

  test('makes its templates again when somebody has removed the saved image', async () => {
    expect(await removeSaved()).toBeGreaterThan(1)
    const run = createRun()
    try {
      expect(await count(await run.openSuite({ postgres: { image: POSTGRES_IMAGE, migrations } }))).toEqual([{ n: 1000 }])
    } finally {
      await run.close()
    }
    expect(run.steps().map(({ name }) => name)).toContain('save the image for the next run')
  })

  test('is recorded and steered like any other, with both stores', async () => {
    await using suite = await startSuite({ postgres: { image: POSTGRES_IMAGE, migrations }, redis: { image: REDIS_IMAGE } })
    const client = new pg.Client(suite.postgres.url)
    await client.connect()

    const recording = await suite.record(async () => {
      await client.query('SELECT * FROM items WHERE id = 7')
      await suite.redis.send('SET', 'a', '1')
    })
    await client.end()

    expect(recording.statements.map(({ sql }) => sql)).toEqual(['SELECT * FROM items WHERE id = 7'])
    expect(recording.statements[0]?.plan).toBeDefined()
    await suite.reset()
    expect(await suite.redis.send('GET', 'a')).toBe(null)
    expect(suite.redis).toMatchObject({ provider: 'container', flavour: 'redis' })
  })

  test('can be killed and started again by a suite that has it alone, under the same URL', async () => {
    await using suite = await startSuite({ postgres: { image: POSTGRES_IMAGE, migrations } }, { isolation: 'server' })
    const { url } = suite.postgres
    await suite.postgres.query('INSERT INTO items VALUES (1001)')

    await suite.postgres.control.kill()
    await expect(suite.postgres.query('SELECT 1')).rejects.toThrow('was killed by suite.postgres.control.kill()')
    await suite.postgres.control.restart()

    expect((await suite.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1001 }])
    expect(suite.postgres.url).toBe(url)
    await suite.postgres.control.pause()
    await suite.postgres.control.resume()
    expect((await suite.postgres.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('that dies in mid-run says so, with the last lines of its log', async () => {
    const run = createRun()
    try {
      const suite = await run.openSuite({ postgres: { image: POSTGRES_IMAGE } })
      await suite.verbs.query('SELECT 1', [])
      const { docker } = await openEngine()
      const [id = ''] = await listOwn()
      await docker.getContainer(id).remove({ force: true })

      await expect(suite.verbs.query('SELECT 1', [])).rejects.toMatchObject({
        code: 'ERR_HOTBED_POSTGRES_EXITED',
        message: expect.stringMatching(/^Postgres ended with status \d+; '.*' has no answer\.[^]*ready to accept connections/),
      })
    } finally {
      await run.close()
    }
  })

  test('has the keys of its dataset in each Redis', async () => {
    const dataset = defineDataset({ redis: [{ key: 'session:{row}', rows: 5, value: 'x', ttlSeconds: 60 }] })
    const run = createRun({ spares: 0 })
    try {
      const suite = await run.openSuite({ redis: { image: REDIS_IMAGE, dataset } })
      expect(await suite.verbs.send(['DBSIZE'])).toBe(5)
      await suite.verbs.send(['FLUSHALL'])
      await suite.verbs.reset()
      expect(await suite.verbs.send(['DBSIZE'])).toBe(5)
    } finally {
      await run.close()
    }
    expect(await listOwn()).toEqual([])
  })

  test('takes a Redis that a suite is done with for another', async () => {
    const run = createRun()
    try {
      const stack = { redis: { image: REDIS_IMAGE } }
      const first = await run.openSuite(stack)
      await first.verbs.send(['SET', 'a', '1'])
      const before = new Set(await listOwn())
      await first.verbs.dispose()
      const second = await run.openSuite(stack)

      expect(await second.verbs.send(['DBSIZE'])).toBe(0)
      expect(second.facts.redis?.url).not.toBe(first.facts.redis?.url)
      expect((await listOwn()).filter((id) => before.has(id)).length).toBeGreaterThan(0)
    } finally {
      await run.close()
    }
  })

  test('refuses what needs the files of the server, naming who can', async () => {
    await using suite = await startSuite({ postgres: { image: POSTGRES_IMAGE, migrations } })
    await expect(suite.postgres.explainAtScale('SELECT * FROM items', [], { items: 1e9 })).rejects.toThrow(
      "provider: 'embedded' or 'system'",
    )
  })

  test('whose image is not to be had says how to see why', async () => {
    await expect(startSuite({ postgres: { image: 'localhost:1/none:1' } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_CONTAINER',
      remedy: 'See why: docker pull localhost:1/none:1',
    })
    await expect(startSuite({ redis: { image: 'localhost:1/none:1' } })).rejects.toMatchObject({ code: 'ERR_HOTBED_CONTAINER' })
    expect(await listOwn()).toEqual([])
  })

  test('whose template can never be made says which migration failed, and leaves nothing', async () => {
    const broken = makeFolder({ '1.sql': 'SELECT nonsense' })
    writeFileSync(join(broken, '2.sql'), 'SELECT 1')
    await expect(startSuite({ postgres: { image: POSTGRES_IMAGE, migrations: broken } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_MIGRATION',
    })
    expect(await listOwn()).toEqual([])
  })
})
