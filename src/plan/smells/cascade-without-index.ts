import { createIndex } from '../../primitives/create-index.js'
import { quoteName, quoteTable } from '../../primitives/sql-name.js'
import { readForeignKeyLookup } from '../foreign-key-lookup.js'
import type { Plan, PlanForeignKey } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import { relationName } from './relation-name.js'
import { FEW_PAGES, isSmallTable, rowsExamined } from './rows-examined.js'
import type { Smell, SmellFinding } from './smell.js'
import { triggerCalls } from './trigger-calls.js'

/** For each row that is deleted, a table that refers to it is read from end to end. */
export const cascadeWithoutIndex: Smell = {
  id: 'cascade-without-index',
  title: 'Deleting a row reads a whole table that refers to it',
  find: (plan) => [...findByTriggers(plan), ...findInCheck(plan)],
}

/** The statement's own plan counts the calls; what each of them does is told by the foreign key. */
function findByTriggers(plan: Plan): readonly SmellFinding[] {
  return triggerCalls(plan).flatMap(({ constraint, table, calls }) => {
    const key = plan.schema.foreignKeys?.find(({ name, references }) => name === constraint && references.table === table)
    // A table of few pages is cheapest read whole, and this one would be by an index as well.
    if (key === undefined || key.index !== undefined || key.pages <= FEW_PAGES || calls === 0) return []
    const each = calls === 1 ? '' : `, ${formatCount(calls)} times over`
    return [
      {
        node: planNodes(plan).find(({ type, relation }) => type === 'ModifyTable' && relation?.table === table),
        text: `looks for rows of ${nameOf(key)} that refer to the ${calls === 1 ? 'row' : 'rows'} of ${quoteName(table)} by reading all of its ${formatCount(key.rows)} rows${each}: ${key.name} has no index`,
        remedy: createIndex({ on: nameOf(key), columns: key.columns }),
      },
    ]
  })
}

function findInCheck(plan: Plan): readonly SmellFinding[] {
  const lookup = readForeignKeyLookup(plan)
  if (lookup === undefined) return []
  const { columns } = lookup
  return planNodes(plan).flatMap((node) => {
    if (node.type !== 'Seq Scan' || isSmallTable(plan, node)) return []
    const read = rowsExamined(node, tableOf(plan, node)?.reltuples)?.examined ?? 0
    return [
      {
        node,
        text: `looks for rows of ${relationName(plan, node)} that refer to one row by reading all of its ${formatCount(read)} rows: a foreign key has no index`,
        remedy: createIndex({ on: relationName(plan, node), columns }),
      },
    ]
  })
}

function nameOf({ schema, table }: PlanForeignKey): string {
  return quoteTable({ schema, name: table })
}
