import { CONDITION_LABELS, CONDITION_NAMES, withoutQualifier } from '../../plan/conditions.js'
import type { Plan, PlanNode } from '../../plan/plan.js'
import { describeNode } from '../../plan/print.js'
import { indexUses, planNodes, tableOf } from '../../plan/walk.js'
import { describeColumns } from '../../plan/index-columns.js'
import { nameParameters } from './parameter-literals.js'

/**
 * What a plan has in common with another run of the same statement: nodes, tables, indexes with their columns, joins, keys and conditions.
 * Without costs, widths, counts, times and workers; values of parameters are `$1` again, and names that PostgreSQL numbers itself are the same
 * on every version.
 */
export function snapshotShape(plan: Plan): string {
  const columns = new Map(indexUses(plan).map(({ node, index }) => [node, index?.columns]))
  const results = initPlanResults(plan)
  const lines: string[] = []
  const visit = (node: PlanNode, depth: number, heap: string | undefined): void => {
    // A scan's own columns stand with its name under VERBOSE, and without it otherwise.
    const alias = node.relation?.alias ?? (node.type.startsWith('Bitmap') ? heap : undefined)
    const key = columns.get(node)
    lines.push(`${'  '.repeat(depth)}${describeShape(plan, node)}${key === undefined ? '' : ` ${describeColumns(key)}`}`)
    for (const name of CONDITION_NAMES) {
      const text = node.conditions[name]
      if (text === undefined) continue
      const named = nameParameters(
        results.reduce((before, [result, plain]) => before.replaceAll(result, plain), text),
        plan.params,
      )
      lines.push(`${'  '.repeat(depth)}    ${CONDITION_LABELS[name]}: ${alias === undefined ? named : withoutQualifier(named, alias)}`)
    }
    for (const child of node.children) visit(child, depth + 1, alias)
  }
  visit(plan.root, 0, undefined)
  return lines.join('\n')
}

/** `events_1`, the name that a partition has in a plan, says only the how-manieth it is. */
function describeShape(plan: Plan, node: PlanNode): string {
  const { relation } = node
  if (relation === undefined || !/_\d+$/.test(relation.alias) || tableOf(plan, node)?.root === undefined) return describeNode(node)
  return describeNode({ ...node, relation: { ...relation, alias: relation.table } })
}

/** Up to 16 the result of an InitPlan is called `$0`, later `(InitPlan 1).col1`. */
function initPlanResults(plan: Plan): readonly (readonly [RegExp, string])[] {
  return planNodes(plan).flatMap(({ raw }) => {
    const subplan = raw['Subplan Name']
    const [, name = '', results = ''] = /^(InitPlan \d+) \(returns ([^)]*)\)$/.exec(typeof subplan === 'string' ? subplan : '') ?? []
    return results
      .split(',')
      .filter((result) => result !== '')
      .map((result, column) => [new RegExp(`\\${result}(?!\\d)`, 'g'), `(${name}).col${column + 1}`] as const)
  })
}
