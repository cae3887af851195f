import { plural } from '../../primitives/plural.js'
import { readNumber } from '../explain-json.js'
import type { Plan, PlanIndex, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import { relationName } from './relation-name.js'
import { MANY_ROWS } from './rows-examined.js'
import { setColumns } from './set-columns.js'
import type { Smell } from './smell.js'

/** A row that stays on its page and changes no indexed column takes one record; four more are work that nobody asked for. */
const RECORDS_PER_ROW = 5

/** An UPDATE that writes every index of the table anew for each row. */
export const writeAmplification: Smell = {
  id: 'write-amplification',
  title: 'An update writes every index again',
  find: (plan) =>
    planNodes(plan).flatMap((node) => {
      const rows = rowsUpdated(node)
      const records =
        (readNumber(node.raw, 'WAL Records') ?? 0) - node.children.reduce((sum, { raw }) => sum + (readNumber(raw, 'WAL Records') ?? 0), 0)
      if (rows < MANY_ROWS || records < RECORDS_PER_ROW * rows) return []
      const bytes = readNumber(node.raw, 'WAL Bytes') ?? 0
      const indexes = indexesOf(plan, node)
      return [
        {
          node,
          text: `writes ${formatCount(records)} WAL records (${formatCount(Math.round(bytes / 1000))} kB) to update ${formatCount(rows)} rows of ${relationName(plan, node)}, which has ${plural(indexes.length, 'index', 'indexes')}`,
          remedy: remedyFor(plan, node, indexes),
        },
      ]
    }),
}

function rowsUpdated({ type, operation, children }: PlanNode): number {
  return type === 'ModifyTable' && operation === 'Update'
    ? (children.find(({ subplanName }) => subplanName === undefined)?.actual?.rows ?? 0)
    : 0
}

function indexesOf(plan: Plan, node: PlanNode): readonly PlanIndex[] {
  const table = tableOf(plan, node)
  return plan.schema.indexes.filter((index) => index.table === table?.name && index.schema === table.schema)
}

/** An update is heap-only (HOT) when no index has a column that it sets, and the new row finds room on the page of the old one. */
function remedyFor(plan: Plan, node: PlanNode, indexes: readonly PlanIndex[]): string {
  const table = relationName(plan, node)
  const columns = setColumns(plan.sql)
  const guilty = indexes.filter((index) =>
    [...index.columns, ...index.included, index.predicate ?? ''].some((text) => columns.some(({ name }) => hasWord(text, name))),
  )
  const names = guilty.map(({ name, columns: keys }) => `${name} (${keys.join(', ')})`).join(', ')
  if (guilty.length > 0)
    return `Drop ${names}, or leave out of it what is updated: only then can the other indexes be left as they are (HOT)`
  return `ALTER TABLE ${table} SET (fillfactor = 80), so that a new row finds room beside the old one and no index must be written (HOT); then VACUUM FULL ${table} once`
}

function hasWord(text: string, name: string): boolean {
  return text.split(/[^\p{L}\p{N}_$]+/u).includes(name)
}
