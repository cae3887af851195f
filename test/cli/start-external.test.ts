import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startForeignPostgres, type ForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { makeDirectory, removeDirectory, startHotbed } from './hotbed.js'

vi.setConfig({ testTimeout: 60_000 })

let project: string
let foreign: ForeignPostgres

beforeAll(async () => {
  project = makeDirectory()
  foreign = await startForeignPostgres()
  await foreign.query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
})

afterAll(() => removeDirectory(project))

test('start with a URL prints no password, writes one where it was asked to, and drops what it made', async () => {
  writeFileSync(join(project, 'hotbed.config.mjs'), 'export const stack = { postgres: { provider: { url: process.env.DATABASE_URL } } }')
  const env = { DATABASE_URL: foreign.url({ user: 'maker', password: 'hunter2' }), NODE_DEBUG: 'hotbed' }
  const running = startHotbed(['start', '--write-env', 'stack.env'], { cwd: project, env })
  const output = await running.prints('Ready after')
  expect(output).toMatch(/\npostgres {2}postgresql:\/\/maker@127\.0\.0\.1:\d+\/hotbed_\w+_suite_1\?sslmode=disable\n/)
  const connectionString = /DATABASE_URL='([^']+)'/.exec(readFileSync(join(project, 'stack.env'), 'utf8'))?.[1]
  const client = new Client({ connectionString })
  await client.connect()
  expect((await client.query('SELECT current_user AS who')).rows).toEqual([{ who: 'maker' }])
  await client.end()
  running.child.kill('SIGINT')
  const { status, stdout, stderr } = await running.ended
  expect(status).toBe(0)
  expect(stdout + stderr).not.toContain('hunter2')
  expect(await foreign.databases()).toEqual(['postgres', 'template0', 'template1'])
})
