import { createTest, expect } from 'hotbed/vitest'
import { createApp, TRADE_HISTORY } from '../src/app.js'
import { repaired } from './stacks.js'
import { findUsers } from './users.js'

const test = createTest(repaired)
const SIZE = 2_100_000

test('every user stays on the index of the page, up to a billion trades', async ({ postgres }) => {
  const growth = await postgres.planGrowth(TRADE_HISTORY, await findUsers(postgres), { trades: { upTo: 1_000_000_000 } })

  expect(growth).toKeepItsPlan({ compare: 'indexes' })
})

test('a prepared statement may use one plan for all users', async ({ postgres }) => {
  expect(await postgres.planStability(TRADE_HISTORY, await findUsers(postgres))).toBeStable()
})

test('2.1 million real trades are read as quickly as 5,000', async ({ suite, postgres }) => {
  const { busy } = await findUsers(postgres)
  await postgres.grow({ trades: SIZE })
  const app = await createApp({ databaseUrl: postgres.url })

  const run = await suite.record(() => app.inject(`/users/${busy[0]}/trades/${busy[1]}`))
  await app.close()

  expect(run.result.json()).toHaveLength(50)
  expect(run).toExecuteStatements(1)
  expect(run).toUseIndex('trades_history_idx')
  expect(run).toReadAtMostBuffers(60)
  expect(run).toExamineAtMostRows({ perRowReturned: 1 })
  expect(run).not.toHaveSmells()
})
