import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { broken, repaired } from '../src/ways.js'
import { order, test, totalOrders } from './read-scaling-test.js'

test('broken: while the totals are refreshed nobody can read them', async ({ suite, start }) => {
  const app = start(broken)
  await using commit = await suite.intercept('COMMIT', hold())
  const refreshing = app.inject({ method: 'POST', url: '/totals/refresh' })
  await commit.arrived()

  const reading = totalOrders(app, 1)
  await expect.poll(() => countWaiting(suite)).toBe(1)

  await commit.release()
  expect((await refreshing).statusCode).toBe(204)
  expect(await reading).toBe(70)
})

test('repaired: they are read while they are refreshed', async ({ suite, start }) => {
  const app = start(repaired)
  await app.inject({ method: 'POST', url: '/totals/refresh' })
  await using commit = await suite.intercept('COMMIT', hold())
  const refreshing = app.inject({ method: 'POST', url: '/totals/refresh' })
  await commit.arrived()

  expect(await totalOrders(app, 1)).toBe(70)

  await commit.release()
  expect((await refreshing).statusCode).toBe(204)
})

test('broken: when the job does not run, the totals are as old as it likes', async ({ suite, start }) => {
  const app = start(broken)
  await app.inject({ method: 'POST', url: '/totals/refresh' })
  const before = await totalOrders(app, 2)
  await order(app, 2, 1_000)
  await suite.clock.advance('1d')
  expect(await totalOrders(app, 2)).toBe(before)
})

test('repaired: they are never older than five minutes, and not refreshed before', async ({ suite, start }) => {
  const app = start(repaired)
  await app.inject({ method: 'POST', url: '/totals/refresh' })
  const before = await totalOrders(app, 3)
  await order(app, 3, 1_000)

  await suite.clock.advance('4m')
  const early = await suite.record(() => totalOrders(app, 3))
  expect(early.result).toBe(before)
  expect(early).not.toExecuteStatements({ sql: /^refresh/i })

  await suite.clock.advance('2m')
  const late = await suite.record(() => totalOrders(app, 3))
  expect(late.result).toBe(before + 1)
  expect(late).toExecuteStatements({ sql: /^refresh materialized view concurrently/i }, 1)
})

/** Sessions that wait for a lock. */
async function countWaiting({
  postgres,
}: {
  readonly postgres: { readonly query: (sql: string) => Promise<{ readonly rowCount: number | null }> }
}): Promise<number> {
  const { rowCount } = await postgres.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  )
  return rowCount ?? 0
}
