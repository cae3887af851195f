import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CAPABILITIES } from '../../../src/databases/engine/capabilities.js'
import { judgeFeatures } from '../../../src/databases/engine/features.js'
import { probeEngine, type EngineReport } from '../../../src/databases/engine/probe.js'
import { rightsOf } from '../../../src/databases/reach-base.js'
import { startForeignPostgres } from '../../servers/postgres/external/foreign-postgres.js'

const PAGE = new URL('../../../docs/engines.md', import.meta.url)

test('the table of docs/engines.md is what the probe finds', async () => {
  const foreign = await startForeignPostgres()
  await foreign.query(
    "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'; CREATE ROLE tenant LOGIN PASSWORD 'hunter2'; GRANT CREATE ON DATABASE postgres TO tenant",
  )
  const [superuser, maker, tenant] = [
    await probeEngine(foreign.url(), 'url'),
    await probeEngine(foreign.url({ user: 'maker', password: 'hunter2' }), 'url'),
    await probeEngine(foreign.url({ user: 'tenant', password: 'hunter2' }), 'url'),
  ]
  const columns = [superuser, maker, tenant].map(({ features }) => features)
  const cell = (features: EngineReport['features'], index: number): string => (features[index]?.works === true ? 'yes' : 'no')
  const rows = superuser.features.map(({ name, otherwise }, index) => [
    name,
    ...columns.map((features) => cell(features, index)),
    otherwise || '–',
  ])
  const found = readTable(readFileSync(PAGE, 'utf8'))
  expect(found).toEqual(rows)
})

test('an engine without templates gives suites schemas, and one without auto_explain says so', () => {
  const all = Object.fromEntries(Object.keys(CAPABILITIES).map((name) => [name, true])) as EngineReport['capabilities']
  expect(rightsOf(all)).toEqual({ createDatabase: true, copyFiles: false, plansUnavailable: undefined })
  const some = { ...all, templates: 'unimplemented: template', autoExplain: 'unknown command LOAD' }
  expect(rightsOf(some)).toEqual({
    createDatabase: false,
    copyFiles: false,
    plansUnavailable: 'the server sends no plans: unknown command LOAD',
  })
  expect(judgeFeatures(some).filter(({ works }) => !works)).toMatchObject([
    { missing: [{ what: CAPABILITIES.templates, why: 'unimplemented: template' }] },
    { missing: [{ what: CAPABILITIES.autoExplain, why: 'unknown command LOAD' }] },
  ])
})

/** The cells of the first table, without its head. */
function readTable(page: string): readonly (readonly string[])[] {
  const lines = page.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2, 2 + judgeFeatures({} as EngineReport['capabilities']).length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim()),
  )
}
