import { expectTypeOf, test } from 'vitest'
import pg from 'pg'
import { delay, drop, hold, reply, startSuite, type Recording, type Rule, type Statement } from '../../src/index.js'

test('a recording knows what the function gave back', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const run = await suite.record(async () => ({ status: 200 }))
  expectTypeOf(run).toEqualTypeOf<Recording<{ status: number }>>()
  expectTypeOf(run.result.status).toBeNumber()
  expectTypeOf((await suite.record(() => 'now')).result).toBeString()
  expectTypeOf(run.statements).toEqualTypeOf<readonly Statement[]>()
  expectTypeOf(run.filter('SELECT')).toEqualTypeOf<typeof run>()
  await suite.record(() => 1, { plans: false, settleMs: 1, deadlineMs: 2, pools: [new pg.Pool()] })
  // @ts-expect-error evidence does not change
  run.statements.push()
  // @ts-expect-error an option that does not exist
  await suite.record(() => 1, { plan: true })
  // @ts-expect-error what is recorded is a function
  await suite.record(Promise.resolve(1))
  for (const event of run.timeline) {
    if (event.store === 'postgres') expectTypeOf(event.sql).toBeString()
    // @ts-expect-error a command has no SQL
    else expectTypeOf(event.sql).toBeString()
  }
})

test('a rule is a match and an action', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  expectTypeOf(await suite.intercept('GET user:*', hold({ parties: 2 }))).toEqualTypeOf<Rule>()
  await suite.intercept({ sql: /for update/i }, delay(5), { times: 1, skip: 1 })
  await suite.intercept({ redis: 'SET', key: /^cart:/ }, reply(null))
  await suite.intercept('postgres', drop('after'))
  await suite.intercept(({ sql }) => sql === 'SELECT 1', reply({ error: '40001' }))
  // @ts-expect-error a function that makes an action is no action
  await suite.intercept('GET a', hold)
  // @ts-expect-error neither before nor after
  drop('during')
  // @ts-expect-error a bare pattern says nothing of the store
  await suite.intercept(/select/, delay(1))
  // @ts-expect-error an option that does not exist
  await suite.intercept('GET a', delay(1), { time: 1 })
})
