import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { readSqlFiles } from '../../../src/databases/migrations/sql-files.js'
import { makeFolder } from '../place.js'

async function read(files: Readonly<Record<string, string>>): Promise<readonly (readonly [string, string])[]> {
  const folder = makeFolder(files)
  return (await readSqlFiles(folder)).map(({ path, sql }) => [relative(folder, path), sql])
}

async function names(...files: readonly string[]): Promise<readonly string[]> {
  return (await read(Object.fromEntries(files.map((name) => [name, 'SELECT 1'])))).map(([name]) => name)
}

test('numbers count by value', async () => {
  expect(await names('10_c.sql', '9_b.sql', '1_a.sql', 'V1.10__e.sql', 'V1.9__d.sql')).toEqual([
    '1_a.sql',
    '9_b.sql',
    '10_c.sql',
    'V1.9__d.sql',
    'V1.10__e.sql',
  ])
})

test('folders of Prisma are read in order, and what is no SQL is left out', async () => {
  expect(await names('20240102_second/migration.sql', '20240101_first/migration.sql', 'migration_lock.toml', 'meta/_journal.json')).toEqual(
    ['20240101_first/migration.sql', '20240102_second/migration.sql'],
  )
})

test('what migrates down, and what is hidden, is left out', async () => {
  expect(await names('1_a.up.sql', '1_a.down.sql', 'sqls/2-down.sql', 'sqls/2-up.sql', '._1_a.up.sql', '3_slow_down.sql')).toEqual([
    '1_a.up.sql',
    '3_slow_down.sql',
    'sqls/2-up.sql',
  ])
})

test.each([
  ['dbmate', '-- migrate:up\nCREATE TABLE a ();\n\n', '-- migrate:down\nDROP TABLE a;\n'],
  ['goose', '-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a ();\n-- +goose StatementEnd\n', '-- +goose Down\nDROP TABLE a;\n'],
  ['node-pg-migrate', '-- Up Migration\nCREATE TABLE a ();\n', '-- Down Migration\nDROP TABLE a;\n'],
])('the down part of a file of %s is cut off', async (_, up, down) => {
  expect(await read({ '1.sql': up + down })).toEqual([['1.sql', up]])
})

test('one file can be named', async () => {
  const folder = makeFolder({ 'schema.sql': 'SELECT 1', 'other.sql': 'SELECT 2' })
  expect(await readSqlFiles(join(folder, 'schema.sql'))).toMatchObject([
    { path: relative(process.cwd(), join(folder, 'schema.sql')), sql: 'SELECT 1' },
  ])
})

test('a folder without SQL files is an error', async () => {
  const folder = makeFolder({ 'README.md': 'none' })
  await expect(readSqlFiles(folder)).rejects.toMatchObject({
    code: 'ERR_HOTBED_MIGRATION',
    message: `The folder ${folder} has no .sql files. [ERR_HOTBED_MIGRATION]\n  → Name the folder that holds them, or give a function or a command.`,
  })
})
