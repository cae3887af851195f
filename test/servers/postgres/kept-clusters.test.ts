import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPostgresServer } from '../../../src/servers/postgres/start.js'
import type { LocalPostgresServer } from '../../../src/servers/server.js'
import { cache, query } from './observe.js'
import { makeCache, makeDirectory, makePlace } from './place.js'

const other = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev
const archived = ['PG_VERSION', 'cluster.tar', 'databases.tar']
const SUM = 'SELECT count(*)::int AS n, sum(id)::int AS sum FROM kept'
const CONTENT = { rows: [{ n: 1000, sum: 500_500 }] }

async function startFilled(): Promise<LocalPostgresServer> {
  const server = await startPostgresServer({}, makePlace(), { cacheDirectory: cache() })
  await query(server, 'CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept SELECT generate_series(1, 1000)')
  return server
}

test.runIf(other)(
  'what was made in memory is kept on disk in archives, and read from them again and again',
  { timeout: 120_000 },
  async () => {
    const images = makeDirectory({ parent: tmpdir(), owned: true })
    const first = await startFilled()
    const image = join(images, 'first')
    await first.images.save(image)
    await first.stop()
    expect(readdirSync(images)).toEqual(['first'])
    expect(readdirSync(image)).toEqual(archived)

    const second = await startPostgresServer({}, makePlace(), { cacheDirectory: cache(), image })
    expect(await query(second, SUM)).toMatchObject(CONTENT)
    const grown = join(images, 'second')
    await query(second, 'DELETE FROM kept WHERE id > 10')
    await second.images.save(grown)
    await second.stop()

    // The first is what it was, whatever was done to servers that began with it.
    const third = await startPostgresServer({}, makePlace(), { cacheDirectory: cache(), image })
    const fourth = await startPostgresServer({}, makePlace(), { cacheDirectory: cache(), image: grown })
    expect(await query(third, SUM)).toMatchObject(CONTENT)
    expect(await query(fourth, SUM)).toMatchObject({ rows: [{ n: 10, sum: 55 }] })
    await Promise.all([third.stop(), fourth.stop()])
  },
)

test('on one file system it is kept as its files, whose copies may share their blocks', { timeout: 120_000 }, async () => {
  const first = await startFilled()
  const image = join(makeDirectory({ owned: true }), 'image')
  await first.images.save(image)
  await first.stop()
  expect(readdirSync(image)).toEqual(expect.arrayContaining(['PG_VERSION', 'base', 'global']))
  expect(readdirSync(image)).not.toEqual(expect.arrayContaining(['postmaster.opts']))

  const second = await startPostgresServer({}, makePlace(), { cacheDirectory: cache(), image })
  expect(await query(second, SUM)).toMatchObject(CONTENT)
  await second.stop()
})

test.runIf(other).each(['cluster.tar', 'databases.tar'])(
  '%s that is cut off is told, and leaves no server behind',
  { timeout: 120_000 },
  async (name) => {
    const server = await startFilled()
    const image = join(makeDirectory({ parent: tmpdir(), owned: true }), 'image')
    await server.images.save(image)
    await server.stop()
    truncateSync(join(image, name), 1_000_000)

    const place = makePlace()
    await expect(startPostgresServer({}, place, { cacheDirectory: cache(), image })).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_START',
      message: expect.stringMatching(
        /^The cluster in .*\/image could not be unpacked\. .*[^]*remove it: rm -rf '.*\/image'[^]*tar: Unexpected EOF in archive/,
      ),
    })
    expect(existsSync(place.directory)).toBe(false)
  },
)

test('the cluster of initdb is kept without the free space maps of its catalogs, which a server writes when it vacuums', async () => {
  const cacheDirectory = makeCache()
  const place = makePlace()
  const server = await startPostgresServer({ locale: 'C' }, place, { cacheDirectory })
  const [cluster = ''] = readdirSync(join(cacheDirectory, 'clusters'))
  expect(readdirSync(join(cacheDirectory, 'clusters', cluster)).includes('base')).toBe(!other)
  expect(readFileSync(join(cacheDirectory, 'clusters', cluster, 'PG_VERSION'), 'utf8')).toBe(`${server.version.major}\n`)
  const maps = (): readonly string[] =>
    readdirSync(join(place.directory, 'data', 'base'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('_fsm'))
  expect(maps()).toEqual([])

  // The catalogs take rows, give room back and take rows again.
  await query(server, 'CREATE TABLE many (id int); DROP TABLE many')
  await query(server, 'VACUUM pg_catalog.pg_attribute')
  await query(server, 'CREATE TABLE more AS SELECT relname FROM pg_class')
  expect(maps().length).toBeGreaterThan(0)
  await server.stop()
})

test.runIf(other)(
  'a server starts with the relation caches of its cluster, also after catalogs were rewritten',
  { timeout: 120_000 },
  async () => {
    const place = makePlace()
    const first = await startPostgresServer({}, place, { cacheDirectory: cache() })
    const files = (): readonly string[] =>
      readdirSync(join(place.directory, 'data'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('pg_internal'))
    // The single-user mode of older ones leaves none behind.
    const expected = first.version.major >= 18 ? ['base/1/pg_internal.init', 'global/pg_internal.init'] : []
    expect(files()).toEqual(expect.arrayContaining(expected))
    expect(files().filter((name) => !name.endsWith('.init'))).toEqual([])

    // What the caches say of these is wrong from now on.
    await query(first, 'CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept SELECT generate_series(1, 1000)')
    for (const catalog of ['pg_class', 'pg_attribute', 'pg_database']) await query(first, `VACUUM FULL pg_catalog.${catalog}`)
    expect(await query(first, SUM)).toMatchObject(CONTENT)
    const image = join(makeDirectory({ parent: tmpdir(), owned: true }), 'image')
    await first.images.save(image)
    await first.stop()

    const second = await startPostgresServer({}, makePlace(), { cacheDirectory: cache(), image })
    const nodes = `SELECT relname FROM pg_class WHERE relfilenode = 0 AND relname = 'pg_class'`
    expect(await query(second, SUM)).toMatchObject(CONTENT)
    expect(await query(second, nodes)).toMatchObject({ rows: [{ relname: 'pg_class' }] })
    await query(second, 'CREATE DATABASE clone TEMPLATE template1')
    await second.stop()
  },
)
