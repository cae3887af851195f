import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { seed as load } from '../../src/seed/load.js'
import { startSuite } from '../../src/start-suite.js'
import { DIST, inMountNamespace, leftIn, makeTemporary, noNamespaces, SOON, startChild } from '../primitives/child.js'

const small = join(makeTemporary(), 'small')
mkdirSync(small)
const mounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=450m,mode=1777', 'tmpfs', small]).status === 0
const filler = join(small, 'filler')

/** Leaves two megabytes. */
function fill(): void {
  const { bavail, bsize } = statfsSync(small)
  execFileSync('fallocate', ['-l', String(bavail * bsize - 2 * 1_048_576), filler])
}

describe.skipIf(!mounted)(`HOTBED_RUN_DIRECTORY in a small memory file system${mounted ? '' : ' (mounting is not permitted here)'}`, () => {
  afterAll(() => void execFileSync('umount', [small]))
  afterEach(async () => {
    vi.unstubAllEnvs()
    rmSync(filler, { force: true })
    await expect.poll(() => leftIn(small), SOON).toEqual([])
  })

  test('that becomes full while a template is made is named, with what to do', async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', small)
    chmodSync(small, 0o1777)
    const seed = {
      run: async ({ query }: { readonly query: (sql: string) => Promise<unknown> }) => {
        fill()
        await query(`CREATE TABLE a AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 10000) n`)
      },
    }
    await expect(startSuite({ postgres: { seed } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_TEMPLATE',
      message: expect.stringMatching(
        new RegExp(
          `^${small} became full while the template was made\\. [^]*No space left on device[^]*→ Free some space, or set HOTBED_RUN_DIRECTORY to a place that has more\\.`,
        ),
      ),
    })
  })

  test('that becomes full under an open suite: the next clone says so, and the end works', async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', small)
    const suite = await startSuite({ postgres: {} })
    await suite.postgres.query('SELECT 1')
    const seed = {
      run: async ({ query }: { readonly query: (sql: string) => Promise<unknown> }) =>
        query(`CREATE TABLE a AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 10000) n`),
    }
    await using other = await startSuite({ postgres: { seed } }, { isolation: 'server' })
    await other.reset()
    // What a reset drops is now smaller than a new clone, so that at most the one spare that may be ready still fits.
    await other.postgres.query('DROP TABLE a')
    fill()
    await expect
      .poll(
        () =>
          other.reset().then(
            () => 'reset',
            (error: { code?: string; message?: string }) =>
              `${error.code} ${/No space left on device/.test(String(error.message))} ${error.message?.includes('HOTBED_RUN_DIRECTORY')}`,
          ),
        SOON,
      )
      .toBe('ERR_HOTBED_CLONE true true')
    rmSync(filler)
    await other.reset()
    expect((await other.postgres.query('SELECT count(*)::int AS n FROM a')).rows).toEqual([{ n: 10_000 }])
    await suite.dispose()
  })

  test('that becomes full in the middle of a load: the tables are as before, and the load works once there is room', async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', small)
    await using suite = await startSuite({ postgres: {} }, { isolation: 'server' })
    await suite.postgres.query(`
      CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
      CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);
      CREATE INDEX ON orders (user_id); INSERT INTO users VALUES (1, 'first@example.com')`)
    const shape = async (): Promise<unknown> =>
      (
        await suite.postgres.query(`SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM orders) AS orders,
        (SELECT string_agg(concat_ws(' ', indexrelid::regclass, indisready, indisvalid), ', ' ORDER BY indexrelid) FROM pg_index WHERE indrelid IN ('users'::regclass, 'orders'::regclass)) AS indexes,
        (SELECT string_agg(concat_ws(' ', conname, convalidated), ', ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f') AS keys`)
      ).rows[0]
    const before = await shape()
    let isFull = false
    const onProgress = (): void => {
      if (!isFull) fill()
      isFull = true
    }

    await expect(load(suite.postgres, { users: 1000, orders: 2_000_000 }, { onProgress })).rejects.toMatchObject({
      code: 'ERR_HOTBED_SEED',
      message: expect.stringMatching(/No space left on device[^]*→ Free some disk space/),
    })

    rmSync(filler)
    expect(await shape()).toEqual(before)
    expect(before).toEqual({
      users: 1,
      orders: 0,
      indexes: 'users_pkey t t, users_email_key t t, orders_pkey t t, orders_user_id_idx t t',
      keys: 'orders_user_id_fkey t',
    })
    expect(await load(suite.postgres, { users: 1000, orders: 100_000 })).toMatchObject({ rows: 101_000 })
  })

  test('that is too small from the start is refused with what it has', async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', small)
    fill()
    await expect(startSuite({ postgres: {} })).rejects.toMatchObject({
      code: 'ERR_HOTBED_RUN_DIRECTORY',
      message: `No place was found for the files of the servers, which need 384 MB. Tried:
  ${small}: has 2 MB free [ERR_HOTBED_RUN_DIRECTORY]
  → Free some space, or set HOTBED_RUN_DIRECTORY to a directory with a short path and enough room.`,
    })
    expect(readdirSync(small)).toEqual(['filler'])
  })
})

test.skipIf(noNamespaces)('where the memory that was chosen becomes full, the template is made on disk instead', async () => {
  const child = startChild(
    `
    const { execFileSync } = await import('node:child_process')
    const { statfsSync, readdirSync, rmSync } = await import('node:fs')
    const { startSuite } = await import('${DIST}index.js')
    let runs = 0
    const suite = await startSuite({ postgres: { seed: { run: async ({ query }) => {
      runs += 1
      const { bavail, bsize } = statfsSync('/dev/shm')
      if (runs === 1) execFileSync('fallocate', ['-l', String(bavail * bsize - 2 * 1048576), '/dev/shm/filler'])
      await query("CREATE TABLE a AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 10000) n")
    } } } })
    const { rows } = await suite.postgres.query('SELECT count(*)::int AS n FROM a')
    say('rows', rows[0].n + ' after ' + runs)
    say('directory', suite.postgres.dataDirectory)
    await suite.dispose()
    say('left', JSON.stringify(readdirSync('/dev/shm')))`,
    { through: inMountNamespace('mount -t tmpfs -o size=450m,mode=1777 tmpfs /dev/shm'), env: { HOTBED_RUN_DIRECTORY: '' } },
  )
  expect(await child.said('rows')).toBe('10000 after 2')
  expect(await child.said('directory')).not.toMatch(/^\/dev\/shm/)
  expect(await child.said('left')).toBe('["filler"]')
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
})
