import { beforeAll, expect, test } from 'vitest'
import { probeEngine } from '../../../src/databases/engine/probe.js'
import { startForeignPostgres, type ForeignPostgres } from '../../servers/postgres/external/foreign-postgres.js'

let foreign: ForeignPostgres

beforeAll(async () => {
  foreign = await startForeignPostgres()
  await foreign.query(
    "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'; CREATE ROLE tenant LOGIN PASSWORD 'hunter2'; GRANT CREATE ON DATABASE postgres TO tenant",
  )
})

const missing = async (user?: string): Promise<object> => {
  const { capabilities } = await probeEngine(foreign.url(user === undefined ? {} : { user, password: 'hunter2' }), '--url')
  return Object.fromEntries(Object.entries(capabilities).filter(([, can]) => can !== true))
}

test('finds what a role can do, and leaves nothing', async () => {
  expect(await missing()).toEqual({})
  expect(await missing('maker')).toMatchInlineSnapshot(`
    {
      "autoExplain": "permission denied to set parameter "auto_explain.log_min_duration"",
      "createSchema": "permission denied for database postgres",
      "grantSet": "permission denied for parameter log_statement",
      "searchPath": "it takes CREATE SCHEMA",
      "superuser": "it answers false",
    }
  `)
  expect(await missing('tenant')).toMatchInlineSnapshot(`
    {
      "autoExplain": "permission denied to set parameter "auto_explain.log_min_duration"",
      "comments": "it takes CREATE DATABASE",
      "connectionLimit": "it takes CREATE DATABASE",
      "copyFiles": "it takes CREATE DATABASE … TEMPLATE, with the rows",
      "createDatabase": "permission denied to create database",
      "forcedDrop": "it takes CREATE DATABASE",
      "grantSet": "permission denied for parameter log_statement",
      "rename": "it takes CREATE DATABASE",
      "superuser": "it answers false",
      "templates": "it takes CREATE DATABASE",
    }
  `)
  expect(await foreign.databases()).toEqual(['postgres', 'template0', 'template1'])
  expect(await foreign.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hotbed%'")).toEqual([])
})
