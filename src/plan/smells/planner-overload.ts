import { isObject, readNumber } from '../explain-json.js'
import type { Plan, PlanNode } from '../plan.js'
import { formatCount } from '../print.js'
import { planNodes, tableOf } from '../walk.js'
import type { Smell, SmellFinding } from './smell.js'

/** The default of `geqo_threshold`: PostgreSQL's own idea of too many relations to try every order of joining them. */
const MANY_RELATIONS = 12

/** Each is planned like a table of its own. The manual has some thousands as the limit, if all but a few are ruled out first. */
const MANY_PARTITIONS = 100

const MUCH_MEMORY_KB = 8192

/** A statement that is dear to plan, whatever it is to execute. */
export const plannerOverload: Smell = {
  id: 'planner-overload',
  title: 'A statement is dear to plan',
  find: (plan) => {
    const found = [...findJoins(plan), ...findPartitions(plan)]
    return found.length > 0 ? found : findMemory(plan)
  },
}

const JOIN = ['Nested Loop', 'Hash Join', 'Merge Join']
const BETWEEN = ['Hash', 'Sort', 'Incremental Sort', 'Materialize', 'Memoize', 'Gather', 'Gather Merge']

function findJoins(plan: Plan): readonly SmellFinding[] {
  const limit = Number(plan.settings['geqo_threshold'] ?? MANY_RELATIONS)
  const seen = new Set<PlanNode>()
  return planNodes(plan).flatMap((node) => {
    if (!JOIN.includes(node.type) || seen.has(node)) return []
    const tree = joinTree(node)
    for (const one of tree) seen.add(one)
    const relations = tree.filter(({ type }) => !JOIN.includes(type) && !BETWEEN.includes(type)).length
    if (relations < limit) return []
    return [
      {
        node,
        text: `joins ${relations} relations: from ${limit} on the planner no longer tries every order, and above join_collapse_limit it keeps to the order that JOINs are written in`,
        remedy: 'Read what only gives names by statements of their own, or split the statement in two by WITH … AS MATERIALIZED',
      },
    ]
  })
}

/** The joins that are planned together, down to their leaves: nodes of any other type are planned by themselves. */
function joinTree(node: PlanNode): readonly PlanNode[] {
  if (!JOIN.includes(node.type) && !BETWEEN.includes(node.type)) return [node]
  return [node, ...node.children.filter(({ subplanName }) => subplanName === undefined).flatMap(joinTree)]
}

function findPartitions(plan: Plan): readonly SmellFinding[] {
  return planNodes(plan).flatMap((node) => {
    if (node.type !== 'Append' && node.type !== 'Merge Append') return []
    const root = node.children.map((child) => tableOf(plan, leafOf(child))?.root).find((table) => table !== undefined)
    const partitions = node.children.length + node.subplansRemoved
    if (root === undefined || partitions < MANY_PARTITIONS) return []
    const key = plan.schema.tables.find(({ name, schema }) => name === root.name && schema === root.schema)?.partitionKey
    return [
      {
        node,
        text: `plans ${formatCount(partitions)} partitions of ${root.name}, each like a table of its own`,
        remedy: `Compare the partition key${key === undefined ? '' : `, ${key},`} with values that are known when the statement is planned; or make fewer, larger partitions`,
      },
    ]
  })
}

function leafOf(node: PlanNode): PlanNode {
  const [first] = node.children
  return node.relation !== undefined || first === undefined ? node : leafOf(first)
}

/** Known from 17 on. */
function findMemory({ raw }: Plan): readonly SmellFinding[] {
  const planning = raw['Planning']
  const used = isObject(planning) ? (readNumber(planning, 'Memory Used') ?? 0) : 0
  if (used < MUCH_MEMORY_KB) return []
  return [
    {
      node: undefined,
      text: `takes ${formatCount(Math.round(used / 1024))} MB of memory to plan`,
      remedy: 'Join a long list instead of comparing with it: IN (SELECT unnest($1::int[])); or split the statement',
    },
  ]
}
