import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatCount } from '../../../src/plan/print.js'
import { openProjection } from '../../../src/plan/projection/open-projection.js'
import type { Plan } from '../../../src/plan/plan.js'
import { withProjectionHost } from '../../../src/plan-verbs/with-projection-host.js'
import { makeFolder } from '../../databases/place.js'
import { forecastQueries, type ForecastQuery } from './forecast/queries.js'
import { outlineOf, shapeOf } from './forecast/shape.js'
import { dataset, PROJECTED, SCHEMA, SEEDED } from './forecast/shop.js'
import { describeEachSuite } from './with-suite.js'

const migrations = makeFolder({ '1.sql': SCHEMA })
const DOCUMENT = new URL('../../../docs/projection.md', import.meta.url)

await describeEachSuite({ migrations, dataset }, (suite) => {
  test('plans that were forecast from 10,000 rows are those of 1,000,000 loaded rows', async () => {
    const { postgres, verbs } = suite()
    expect(Object.values(SEEDED).reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(10_000)
    const { rows: users } = await postgres.query<{ id: number }>('SELECT user_id AS id FROM orders GROUP BY 1 ORDER BY count(*) DESC, 1')
    const queries = forecastQueries(users[0]?.id ?? 0, users[200]?.id ?? 0)
    expect(queries.length).toBeGreaterThanOrEqual(20)
    const ask = async (explain: (query: ForecastQuery) => Promise<Plan>): Promise<readonly Plan[]> => {
      const plans: Plan[] = []
      for (const query of queries) plans.push(await explain(query))
      return plans
    }

    const seeded = await ask(({ sql, params }) => postgres.explain(sql, params, { analyze: false }))
    const forecast = await withProjectionHost(postgres, verbs, async (host) => {
      const projection = await openProjection(host, { tables: Object.keys(PROJECTED) })
      await projection.resize(PROJECTED)
      return ask(({ sql, params }) => projection.explain(sql, params))
    })
    await postgres.grow(PROJECTED)
    const loaded = await ask(({ sql, params }) => postgres.explain(sql, params, { analyze: false }))

    const isSame = queries.map((_, index) => shapeOf(at(forecast, index)) === shapeOf(at(loaded, index)))
    const same = isSame.filter(Boolean).length
    expect(same / queries.length >= 0.95 ? 'as loaded' : differences(queries, forecast, loaded, isSame)).toBe('as loaded')
    // What would be found without a forecast: the check could not tell anything if all plans were those of the seeded rows.
    const unchanged = queries.filter((_, index) => shapeOf(at(seeded, index)) === shapeOf(at(loaded, index))).length
    expect(unchanged / queries.length).toBeLessThan(0.8)
    const published = squeeze(readFileSync(DOCUMENT, 'utf8'))
    const rows = queries.map(({ title }, index) => {
      const planned = outlineOf(at(forecast, index))
      const before = outlineOf(at(seeded, index))
      const row = `| ${title} | ${planned} | ${isSame[index] === true ? 'the same' : outlineOf(at(loaded, index))} |`
      // Of the seeded rows, majors have different opinions; those of the newest are published.
      return postgres.version.major < 18 ? row : `${row} ${before === planned ? 'as forecast' : before} |`
    })
    const missing = rows.filter((row) => !published.includes(squeeze(row)))
    expect(missing).toEqual([])
  }, 180_000)
})

function at(plans: readonly Plan[], index: number): Plan {
  const plan = plans[index]
  if (plan === undefined) throw new Error(`There is no plan ${index}.`)
  return plan
}

/** Tables are padded by the formatter. */
function squeeze(text: string): string {
  return text.replaceAll(/ +/g, ' ')
}

function differences(
  queries: readonly ForecastQuery[],
  forecast: readonly Plan[],
  loaded: readonly Plan[],
  isSame: readonly boolean[],
): string {
  return queries
    .flatMap(({ title }, index) =>
      isSame[index] === true
        ? []
        : [
            `${title}, cost ${formatCount(at(forecast, index).root.cost.total)} and ${formatCount(at(loaded, index).root.cost.total)}`,
            String(at(forecast, index)),
            '--',
            String(at(loaded, index)),
          ],
    )
    .join('\n')
}
