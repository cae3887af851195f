import { expect, test } from 'vitest'
import { defineDataset, growth, sequence } from '../../src/seed/index.js'
import { makeFolder } from '../databases/place.js'
import { describeEachSuite } from '../plan/projection/with-suite.js'

const migrations = makeFolder({
  '1.sql': 'CREATE TABLE visits (id bigint PRIMARY KEY, at timestamptz NOT NULL, day date NOT NULL)',
})
const dataset = defineDataset({
  tables: {
    visits: {
      rows: 200,
      columns: {
        id: sequence(),
        at: growth({ from: '2023-01-01', to: '2025-01-01' }),
        day: growth({ from: '2023-01-01', to: '2025-01-01' }),
      },
    },
  },
})

await describeEachSuite({ migrations, dataset }, (suite) => {
  test('what is forecast of times in a far future is what is loaded of them', async () => {
    const { postgres, verbs } = suite()
    const [projected] = await verbs.project({ visits: 30_000 })
    const ends = (column: string) => projected?.columns.find((one) => one.column === column)?.ends
    await postgres.grow({ visits: 30_000 })
    const { rows } = await postgres.query<{ first: string; last: string; far: boolean; day: string }>(
      `SELECT to_char(min(at), 'YYYY-MM-DD HH24:MI:SS.US+00') AS first, to_char(max(at), 'YYYY-MM-DD HH24:MI:SS.US+00') AS last,
         max(at) > '2320-01-01' AS far, max(day)::text AS day FROM visits`,
    )
    expect(rows[0]?.far).toBe(true)
    expect(ends('at')).toEqual([rows[0]?.first, rows[0]?.last])
    expect(ends('day')?.[1]).toBe(rows[0]?.day)
  })

  test('values that a column cannot hold are forecast as its last one', async () => {
    const { postgres } = suite()
    const plan = await postgres.explainAtScale('SELECT * FROM visits WHERE at > $1', ['100000-01-01'], { visits: 100_000_000 })
    expect(plan.scale?.notes).toEqual([
      'visits.at stops at 294276-12-31 23:59:59.000576+00, where its type ends: further rows are taken to have that value.',
    ])
    // The year 100,000 is after a tenth of the rows, and the last year there is after less than a third.
    expect(plan.root.estimatedRows / 100_000_000).toBeCloseTo(0.9, 1)
  })
})
