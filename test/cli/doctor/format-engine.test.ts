import { beforeAll, expect, test, vi } from 'vitest'
import { startForeignPostgres, type ForeignPostgres } from '../../servers/postgres/external/foreign-postgres.js'
import { runHotbed } from '../hotbed.js'

vi.setConfig({ testTimeout: 60_000 })

let foreign: ForeignPostgres

beforeAll(async () => {
  foreign = await startForeignPostgres()
  await foreign.query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
})

test('doctor --url prints what works on a server, and what does instead, and exits with 1 when something does not', async () => {
  const { status, stdout } = await runHotbed(['doctor', '--url', foreign.url({ user: 'maker', password: 'hunter2' })])
  expect(status).toBe(1)
  expect(stdout.replace(/on PostgreSQL .*/, 'on VERSION')).toMatchInlineSnapshot(`
    "As 'maker' on VERSION
    ✓ a database for each suite, cloned from a template that is made once
    ✓ at least a schema for each suite
    ✓ templates built once by several processes
    ✓ datasets: defineDataset, grow, hotbed seed
    ✓ record, rules, races, load: what goes over the wire
    ✗ plans of what really ran, in recordings
        auto_explain that sends plans to the session: permission denied to set parameter "auto_explain.log_min_duration"
        instead: explain() of single statements
    ✓ explain, planStability and the matchers of plans
    ✓ proveFix, adviseIndexes
    ✓ inspectSchema
    ✓ overlap and explore, which tell who waits for a lock
    ✓ control.limit({ connections })
    What needs the files or the process of a server (plans at other sizes, pause, kill, a moved clock) takes one of hotbed’s own.
    "
  `)
  const all = await runHotbed(['doctor', '--json', '--url', foreign.url()])
  expect(all.status).toBe(0)
  expect(JSON.parse(all.stdout)).toMatchObject({ user: 'postgres', capabilities: { templates: true } })
})
