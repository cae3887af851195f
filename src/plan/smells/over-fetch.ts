import { quoteName } from '../../primitives/sql-name.js'
import { isObject, readNumber } from '../explain-json.js'
import type { Plan } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import type { Smell } from './smell.js'

const MUCH_BYTES = 1_000_000

/** A file or a document that is asked for by itself is as large as it is. */
const FEW_ROWS = 10

/** From here on PostgreSQL stores values apart (TOAST), because rows are not meant to be so wide. */
const WIDE_ROW_BYTES = 2000

/** A result of many rows, or of wide ones, that no screen shows. */
export const overFetch: Smell = {
  id: 'over-fetch',
  title: 'Far more is returned than anybody looks at',
  find: (plan) => {
    const rows = plan.root.actual?.rows ?? 0
    const bytes = resultBytes(plan, rows)
    if (rows < FEW_ROWS || bytes < MUCH_BYTES) return []
    const wide = bytes / rows >= WIDE_ROW_BYTES
    return [
      {
        node: plan.root,
        text: `returns ${formatCount(rows)} rows of ${formatCount(Math.round(bytes / rows))} bytes: ${formatCount(Math.round(bytes / 100_000) / 10)} MB in one result`,
        remedy: wide ? narrowerRemedy(plan) : fewerRemedy(plan),
      },
    ]
  },
}

/** What was counted (17 and newer, `serialize`); otherwise rows of the width that the planner expects, large values not counted. */
function resultBytes({ raw, root }: Plan, rows: number): number {
  const serialization = raw['Serialization']
  const kilobytes = isObject(serialization) ? readNumber(serialization, 'Output Volume') : undefined
  return kilobytes === undefined ? rows * (readNumber(root.raw, 'Plan Width') ?? 0) : kilobytes * 1024
}

const LARGE_TYPES = /^(?:text|jsonb?|bytea|xml|character varying)\b|\[\]$/

function narrowerRemedy(plan: Plan): string {
  const output = outputOf(plan)
  const large = output.filter((name) =>
    planNodes(plan).some((node) => {
      const table = tableOf(plan, node)
      const at =
        table?.columns.findIndex((column) => [quoteName(column), `${node.relation?.alias}.${quoteName(column)}`].includes(name)) ?? -1
      return LARGE_TYPES.test(table?.types?.[at] ?? '')
    }),
  )
  const named = large.length === 0 ? '' : `, without ${large.join(', ')} where ${large.length === 1 ? 'it is' : 'they are'} not shown`
  return `SELECT only the columns that are needed${named}`
}

function fewerRemedy(plan: Plan): string {
  const columns = outputOf(plan).length
  const narrower = columns > 3 ? `; and name the columns that are needed instead of all ${columns}` : ''
  return `Ask for one page (ORDER BY … LIMIT 100, the next one by keyset), or count and sum in SQL${narrower}`
}

function outputOf({ root }: Plan): readonly string[] {
  const output = root.raw['Output']
  return Array.isArray(output) ? output.map(String) : []
}
