import pg from 'pg'
import { expect, test } from 'vitest'
import { startSuite } from '../../../src/index.js'
import {
  capturePlan,
  comparePlanSnapshots,
  parsePlanSnapshot,
  printPlanSnapshot,
  renderPlanSnapshot,
  type PlanSnapshot,
} from '../../../src/matchers/plan/plan-snapshot.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { record, sql } from '../../wire/recording/traffic.js'
import { explainOn, refusal } from './on-postgres.js'

const KEPT: PlanSnapshot = { shape: 'Seq Scan on orders', buffers: 200, major: '15', settings: ['jit = off'] }

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('a plan is kept with its budget, its version and the settings that are not the default', async () => {
    const plan = await run('SELECT id FROM orders WHERE id = $1', [7], { settings: { work_mem: '1MB', search_path: 'public' } })
    const snapshot = capturePlan(plan)
    expect(snapshot).toMatchObject({ buffers: plan.root.actual?.buffers?.cumulative.total, major: plan.postgresVersion.split('.')[0] })
    expect(snapshot.settings).toContain('work_mem = 1MB')
    expect(snapshot.settings.join()).not.toContain('search_path')
    expect(parsePlanSnapshot(`\n${renderPlanSnapshot(snapshot)}\n`)).toEqual(snapshot)
    expect(comparePlanSnapshots(snapshot, parsePlanSnapshot(renderPlanSnapshot(snapshot))).pass).toBe(true)
  })

  test('for other runners there is a text that small changes do not change', async () => {
    const plan = await run('SELECT id FROM orders WHERE user_id = 3 OR total = 9')
    expect(printPlanSnapshot(plan).split('\n').slice(0, 3)).toEqual([
      'Seq Scan on orders',
      "    Filter: ((user_id = 3) OR (total = '9'::numeric))",
      'buffers <= 500',
    ])
  })

  test('a plan that was only estimated has no budget, and is not compared with one', async () => {
    const estimated = capturePlan(await run('SELECT id FROM orders', [], { analyze: false }))
    const counted = capturePlan(await run('SELECT id FROM orders'))
    expect(renderPlanSnapshot(estimated)).not.toContain('buffers')
    expect(parsePlanSnapshot(renderPlanSnapshot(estimated))).toEqual(estimated)
    expect(comparePlanSnapshots(estimated, counted).refusal).toContain('this plan was only estimated')
    expect(comparePlanSnapshots(counted, estimated).pass).toBe(true)
  })

  test('wrong evidence and wrong options are refused', async () => {
    const plan = await run('SELECT 1')
    const capture = (received: unknown, options?: object) => refusal(() => ({ pass: capturePlan(received, options) !== undefined }))
    expect(capture(record([sql('select 1')]))).toContain('toMatchPlanSnapshot judges a plan or a statement, and was given a recording.')
    expect(capture(record([sql('select 1')]).statements[0])).toContain('this statement has none')
    expect(capture(plan, { tolerance: -1 })).toContain("Option 'tolerance' must be a share from 0 on, such as 0.1, but is -1.")
    expect(capture(plan, { tolerence: 1 })).toContain("toMatchPlanSnapshot() has no option 'tolerence'.")
  })
})

test.each([
  [200, true],
  [220, true],
  [221, false],
  [10, true],
])('%d buffers are within a budget of 200: %s', (buffers, pass) => {
  expect(comparePlanSnapshots({ ...KEPT, buffers }, KEPT).pass).toBe(pass)
})

test('another shape and too many buffers are told, with the version where it is another', () => {
  const plan: PlanSnapshot = { ...KEPT, shape: 'Result', buffers: 300, major: '18' }
  expect(comparePlanSnapshots(plan, KEPT, { tolerance: 0.2 })).toEqual({
    pass: false,
    refusal: undefined,
    differences: [
      '  The plan has another shape.',
      '  Read 300 buffers   budget 200, and 20 % more',
      '  It was kept on PostgreSQL 15, and this is 18: plans may differ by the version alone.',
    ],
    resolved: 'Result\nbuffers <= 300\nPostgreSQL 18\njit = off',
  })
  expect(comparePlanSnapshots({ ...KEPT, major: '18' }, KEPT)).toMatchObject({ pass: true, differences: [] })
})

test('a budget within the tolerance is no difference to look at', () => {
  expect(comparePlanSnapshots({ ...KEPT, shape: 'Result', buffers: 210 }, KEPT).resolved).toBe(
    'Result\nbuffers <= 200\nPostgreSQL 15\njit = off',
  )
})

test('plans under other settings are not compared', () => {
  expect(comparePlanSnapshots({ ...KEPT, settings: ['jit = off', 'work_mem = 1MB'] }, KEPT)).toMatchObject({
    pass: false,
    refusal: 'it was kept under other planner settings: the defaults there, work_mem = 1MB here',
  })
  expect(comparePlanSnapshots({ ...KEPT, settings: ['jit = on'] }, KEPT).refusal).toContain('jit = off there, jit = on here')
})

test.each(['embedded', 'system'] as const)('on %s a plan that ran has the snapshot of one that was explained', async (provider) => {
  await using suite = await startSuite({ postgres: { provider, settings: { work_mem: '1MB' } } })
  await suite.postgres.query('CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int)')
  await suite.postgres.query('INSERT INTO orders SELECT i, i % 100, i FROM generate_series(1, 10000) i; CREATE INDEX ON orders (user_id)')
  await suite.postgres.query('ANALYZE orders')
  const client = new pg.Client({ connectionString: suite.postgres.url })
  await client.connect()
  const text = 'SELECT count(*) FROM orders o JOIN orders other ON other.id = o.total WHERE o.user_id = $1'
  const run = await suite.record(() => client.query(text, [7]))
  await client.end()

  const ran = capturePlan(run.statements[0])
  const explained = capturePlan(await suite.postgres.explain(text, [7]))
  expect(ran).toEqual(explained)
  expect(ran.settings).toContain('work_mem = 1MB')
})
