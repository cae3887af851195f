import { expect, test } from 'vitest'
import { defineDataset, growth as growing, weighted } from '../../../src/seed/index.js'
import { toFlipAbove } from '../../../src/matchers/plan/to-flip-above.js'
import { planHead } from '../../../src/plan/shape.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite } from '../projection/with-suite.js'
import { NEWEST_VISITS } from '../skewed-visits.js'

const SCHEMA = `
  CREATE TABLE visits (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int NOT NULL, visited_at timestamptz NOT NULL, page text NOT NULL);
  CREATE INDEX visits_user_id_idx ON visits (user_id);
  CREATE INDEX visits_visited_at_idx ON visits (visited_at);
`
const dataset = defineDataset({
  tables: {
    visits: {
      rows: 20_000,
      columns: {
        user_id: weighted([
          [0, 50],
          [1, 49.9],
          [29, 0.1],
        ]),
        visited_at: growing({ from: '2024-01-01' }),
      },
    },
  },
})

await describeEachSuite({ migrations: makeFolder({ '1.sql': SCHEMA }), dataset }, (suite) => {
  test('a forecast flip is confirmed by rows that are really loaded', async () => {
    const { postgres } = suite()
    const growth = await postgres.planGrowth(NEWEST_VISITS, { rare: [29] }, { visits: { upTo: 2_000_000 } }, { confirm: true })
    const [flip] = growth.sets[0]?.flips ?? []
    const { below, above, holds } = flip?.confirmed ?? {}
    expect([below, above].map((point) => point && planHead(point.plan))).toEqual([
      'Limit ← Sort ← Index Scan using visits_user_id_idx',
      'Limit ← Index Scan Backward using visits_visited_at_idx',
    ])
    expect(holds).toBe(true)
    expect(above?.plan.analyzed).toBe(true)
    const { rows } = await postgres.query<{ count: number }>('SELECT count(*)::int AS count FROM visits')
    expect(rows[0]?.count).toBe(above?.rows['visits'])
    expect(toFlipAbove(growth, { visits: 1_000_000 }).message()).toContain('confirmed with real rows: visits ')
  }, 60_000)
})
