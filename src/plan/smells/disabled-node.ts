import type { Plan, PlanNode } from '../plan.js'
import { describeNode } from '../print.js'
import { planNodes } from '../walk.js'
import { indexRemedy, orderAbove } from './index-remedy.js'
import type { Smell } from './smell.js'

const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'Seq Scan': ['enable_seqscan'],
  'Index Scan': ['enable_indexscan'],
  'Index Only Scan': ['enable_indexonlyscan', 'enable_indexscan'],
  'Bitmap Heap Scan': ['enable_bitmapscan'],
  'Tid Scan': ['enable_tidscan'],
  Sort: ['enable_sort'],
  Aggregate: ['enable_hashagg'],
  'Nested Loop': ['enable_nestloop'],
  'Hash Join': ['enable_hashjoin'],
  'Merge Join': ['enable_mergejoin'],
  Materialize: ['enable_material'],
}

/** A node that a setting forbids was planned all the same: there was no other way. */
export const disabledNode: Smell = {
  id: 'disabled-node',
  title: 'A forbidden node was planned, because there was no other way',
  find: (plan) =>
    planNodes(plan)
      .filter(({ disabled }) => disabled)
      .map((node) => {
        const settings = settingsOf(plan, node)
        return {
          node,
          text: `${describeNode(node)} was planned although ${settings.length === 0 ? 'it is disabled' : `${settings.join(', ')} is off`}`,
          remedy: [settings.length === 0 ? 'Enable it' : `RESET ${settings.join(', ')}`, ...otherWay(plan, node)].join(', or '),
        }
      }),
}

function settingsOf(plan: Plan, { type }: PlanNode): readonly string[] {
  const off = Object.keys(plan.settings).filter((name) => name.startsWith('enable_') && plan.settings[name] === 'off')
  const own = off.filter((name) => SETTINGS[type]?.includes(name))
  if (own.length > 0) return own
  return off
}

function otherWay(plan: Plan, node: PlanNode): readonly string[] {
  const { filter } = node.conditions
  return node.type === 'Seq Scan' && filter !== undefined ? [indexRemedy(plan, node, [filter], orderAbove(plan, node))] : []
}
