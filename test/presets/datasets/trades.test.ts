import { expect, test } from 'vitest'
import { tradesDataset, tradesMigrations } from '../../../presets/datasets/trades.js'
import { startSuite } from '../../../src/start-suite.js'
import { countOf } from '../../seed/with-suite.js'

test('the heaviest user has far more trades than the median one', async () => {
  await using suite = await startSuite({
    postgres: { migrations: tradesMigrations, dataset: tradesDataset({ users: 500, trades: 20_000 }) },
  })
  const perUser = '(SELECT count(*) AS n FROM trades GROUP BY user_id) c'
  const heaviest = await countOf(suite, `SELECT max(n) FROM ${perUser}`)
  const median = await countOf(suite, `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM ${perUser}`)

  expect(await countOf(suite, 'SELECT count(*) FROM trades')).toBe(20_000)
  expect(heaviest).toBeGreaterThan(50 * median)
  expect(await countOf(suite, "SELECT correlation FROM pg_stats WHERE tablename = 'trades' AND attname = 'created_at'")).toBe(1)
})
