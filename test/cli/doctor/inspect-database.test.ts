import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { InspectedDatabase } from '../../../src/cli/doctor/inspect-database.js'
import { useSuite } from '../../seed/with-suite.js'
import { makeDirectory, removeDirectory, runHotbed } from '../hotbed.js'

vi.setConfig({ testTimeout: 60_000 })

const BROKEN = `
  CREATE TABLE users (id int PRIMARY KEY);
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users);`

describe('doctor --schema --url', () => {
  const suite = useSuite(BROKEN)

  test('prints the defects of a database and exits with 1, then 0 when they are repaired', async () => {
    const { postgres } = suite()
    const { status, stdout } = await runHotbed(['doctor', '--schema', '--url', postgres.directUrl])
    expect(status).toBe(1)
    expect(stdout.replace(/suite_\d+, Postgres .*/, 'NAME, VERSION')).toMatchInlineSnapshot(`
      "Schema database NAME, VERSION
        ✗ unindexed-foreign-key  orders_user_id_fkey: no index on orders leads with (user_id). Each DELETE from users (ON DELETE NO ACTION) reads the whole of orders (0 kB)
          → CREATE INDEX ON orders (user_id);

      ✗ 1 defect in 2 tables.
      "
    `)

    await postgres.query('CREATE INDEX ON orders (user_id)')
    const repaired = await runHotbed(['doctor', '--schema', '--url', postgres.directUrl])
    expect(repaired.status).toBe(0)
    expect(repaired.stdout).toContain('✓ No defects in 2 tables.\n')
  })

  test('--json has the same as data', async () => {
    const { stdout } = await runHotbed(['doctor', '--schema', '--json', '--url', suite().postgres.directUrl])
    const { inspection } = JSON.parse(stdout) as InspectedDatabase
    expect(inspection.tables.map(({ table }) => table)).toEqual(['orders', 'users'])
    expect(inspection.checked).toContain('invalid-index')
  })
})

test('a URL without a user, one that is none and one that nobody answers are refused', async () => {
  const nowhere = await runHotbed(['doctor', '--schema', '--url', 'postgres://nobody@127.0.0.1:1/shop'])
  expect(nowhere.status).toBe(2)
  expect(nowhere.stderr).toContain('--url names a database that cannot be reached: connect ECONNREFUSED 127.0.0.1:1.')
  const wrong = await runHotbed(['doctor', '--schema', '--url', 'redis://127.0.0.1'])
  expect(wrong.stderr).toContain("--url names a database that cannot be reached: it begins with 'redis:'.")
  const alone = await runHotbed(['doctor', '--url', 'postgres://127.0.0.1/shop'])
  expect(alone.status).toBe(2)
  expect(alone.stderr).toContain("Option '--url' names no user")
})

describe('doctor --schema in a project', () => {
  let project: string
  beforeAll(() => {
    project = makeDirectory()
    writeFileSync(join(project, '1.sql'), BROKEN)
    writeFileSync(join(project, 'hotbed.config.mjs'), "export const stack = { postgres: { migrations: './1.sql' }, redis: {} }")
  })
  afterAll(() => removeDirectory(project))

  test('inspects what its migrations make', async () => {
    const { status, stdout } = await runHotbed(['doctor', '--schema'], { cwd: project })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^Schema hotbed\.config\.mjs, Postgres \d+/)
    expect(stdout).toContain('unindexed-foreign-key  orders_user_id_fkey:')
    expect(stdout).toContain('✗ 1 defect in 2 tables.\n')
  })
})
