import { tableLabel } from '../../primitives/sql-name.js'
import type { PlanSchema } from '../plan.js'
import { formatCount } from '../print.js'
import { readSchema } from '../read-schema.js'
import type { PlanSession } from '../session.js'

/** Sizes that differ by more than this share are of other rows. */
const SAME_SHARE = 0.1

/** Says in what the database of `session` is another than the one that `schema` was read from; `undefined`: in nothing that counts. */
export async function describeDifference(session: PlanSession, schema: PlanSchema): Promise<string | undefined> {
  const tables = schema.tables.filter(({ partitioned }) => !partitioned)
  const there = await readSchema(
    session,
    tables.map(({ schema: owner, name }) => ({ schema: owner, name })),
  )
  for (const table of tables) {
    const same = there.tables.find(({ name, schema: owner }) => name === table.name && owner === table.schema)
    if (same === undefined) return `the template has no table ${tableLabel(table)}`
    if (Math.abs(same.pages - table.pages) > Math.max(same.pages, table.pages) * SAME_SHARE) {
      return `${tableLabel(table)} has ${formatCount(table.pages)} pages here and ${formatCount(same.pages)} in the template`
    }
  }
  const known = new Set(there.indexes.map(({ definition }) => definition))
  const own = schema.indexes.find(({ definition }) => !known.has(definition))
  if (own !== undefined) return `the template has no index ${own.name}`
  return there.indexes.length > schema.indexes.length ? 'the template has indexes that are not here' : undefined
}
