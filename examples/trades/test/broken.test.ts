import { createTest, expect } from 'hotbed/vitest'
import { createApp, TRADE_HISTORY } from '../src/app.js'
import { messageOf } from './message-of.js'
import { broken } from './stacks.js'
import { findUsers } from './users.js'

const test = createTest(broken)
const SIZE = 2_100_000

test('everything looks fine with 5,000 trades', async ({ postgres }) => {
  const { busy } = await findUsers(postgres)

  const plan = await postgres.explain(TRADE_HISTORY, busy)

  expect(plan).toUseIndex({ table: 'trades', columns: ['user_id'] })
  expect(plan).toReadAtMostBuffers(100)
})

test('the forecast says for whom the plan flips, and at which size', async ({ postgres }) => {
  const growth = await postgres.planGrowth(TRADE_HISTORY, await findUsers(postgres), { trades: { upTo: SIZE } })

  const failure = messageOf(() => expect(growth).toKeepItsPlan())

  console.log(`\nThis is what the forecast says:\n\n${failure}\n`)
  expect(failure).toContain('for busy')
  expect(failure).not.toContain('for median')
  expect(failure).toContain('trades_created_at_idx is walked in the order of created_at until 50 rows match')
})

test('2.1 million real trades confirm it, and the proved fix names the index', async ({ suite, postgres }) => {
  const { busy } = await findUsers(postgres)
  await postgres.grow({ trades: SIZE })
  const app = await createApp({ databaseUrl: postgres.url })

  const run = await suite.record(() => app.inject(`/users/${busy[0]}/trades/${busy[1]}`))
  await app.close()

  const [history] = run.statements
  expect(history?.plan).toUseIndex('trades_created_at_idx')
  const failure = messageOf(() => expect(history).toReadAtMostBuffers(100))
  const fix = await postgres.proveFix(await postgres.explain(TRADE_HISTORY, busy), { timeoutMs: 20_000 })
  console.log(`\nThis is what 2.1 million trades say:\n\n${failure}\n\n${String(fix)}\n`)
  expect(failure).toContain('budget 100')
  expect(String(fix)).toContain('CREATE INDEX ON trades (user_id, symbol, created_at DESC)')
})
