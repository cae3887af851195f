import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { StatisticsDump } from '../../src/plan/statistics-dump/statistics-dump.js'
import { useSuite } from '../seed/with-suite.js'
import { makeDirectory, removeDirectory, runHotbed } from './hotbed.js'

vi.setConfig({ testTimeout: 60_000 })

const suite = useSuite(`
  CREATE TABLE users (id int PRIMARY KEY, email text);
  INSERT INTO users SELECT i, CASE WHEN i % 2 = 0 THEN 'root@example.com' ELSE 'u' || i || '@example.com' END FROM generate_series(1, 1000) i;
  ANALYZE users;
  CREATE TABLE fresh (id int);`)

let directory: string
beforeAll(() => {
  directory = makeDirectory()
})
afterAll(() => removeDirectory(directory))

test('export writes a file that importStatistics takes, and says what is in it', async () => {
  const { postgres } = suite()
  const file = join(directory, 'statistics.json')
  const { status, stdout, stderr } = await runHotbed(['statistics', 'export', '--url', postgres.directUrl, '--output', file])
  expect(status).toBe(0)
  expect(stdout).toBe('')
  expect(stderr).toBe(`✓ 2 tables of Postgres ${postgres.version.text} in ${file}\n  1 of them were never analysed.\n`)
  const dump = JSON.parse(readFileSync(file, 'utf8')) as StatisticsDump
  expect(dump.tables.find(({ table }) => table === 'users')?.columns[1]?.mostCommon?.values).toEqual(['root@example.com'])
})

test('export without a file prints, and without values tells none', async () => {
  const { status, stdout } = await runHotbed(['statistics', 'export', '--url', suite().postgres.directUrl, '--no-values'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ format: 1, tables: [{ table: 'fresh' }, { table: 'users', rows: 1000 }] })
  expect(stdout).not.toContain('@example.com')
})

test('a database that nobody answers for and a file that cannot be written are refused', async () => {
  const nowhere = await runHotbed(['statistics', 'export', '--url', 'postgres://nobody@127.0.0.1:1/shop'])
  expect(nowhere.status).toBe(2)
  expect(nowhere.stderr).toContain('--url names a database that cannot be reached: connect ECONNREFUSED 127.0.0.1:1.')
  const unwritable = await runHotbed([
    'statistics',
    'export',
    '--url',
    suite().postgres.directUrl,
    '--output',
    join(directory, 'no/such.json'),
  ])
  expect(unwritable.status).toBe(2)
  expect(unwritable.stderr).toContain('--output cannot be written: ENOENT')
})
