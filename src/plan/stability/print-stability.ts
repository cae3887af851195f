import { formatCount } from '../print.js'
import { printColumns } from '../print-columns.js'
import { planHead } from '../shape.js'
import { buffersOf } from '../work.js'
import type { PlanStability, PlanSwitch } from './plan-stability.js'

/** Most sets that are printed. */
const SHOWN = 6

/** Sets with the buffers of both plans, the plans, and the switch. */
export function printStability({ sets, switch: change }: Pick<PlanStability, 'sets' | 'switch'>): readonly string[] {
  const shown = sets.slice(0, SHOWN)
  const rest = sets.length - shown.length
  return [
    ...printColumns(
      [
        ['buffers', 'rows', 'custom', 'generic', 'custom plan'],
        ...shown.map(({ name, custom, generic }) => [
          name,
          formatCount(custom.root.actual?.rows ?? 0),
          formatCount(buffersOf(custom)),
          formatCount(buffersOf(generic)),
          clip(planHead(custom)),
        ]),
      ],
      [4],
    ),
    ...(rest > 0 ? [`… ${rest} more`] : []),
    ...sets.slice(0, 1).map(({ generic }) => `generic plan: ${clip(planHead(generic))}`),
    printSwitch(change),
  ]
}

/** When a prepared statement becomes generic, in one line. */
export function printSwitch({ planCacheMode, series, happens }: PlanSwitch): string {
  const mode = `plan_cache_mode ${planCacheMode}`
  if (!happens) return `${mode}: every execution is planned for its values, whichever of these sets come first`
  const outcomes = new Map<string, string[]>()
  for (const { sets, genericAt } of series) {
    const outcome = genericAt === undefined ? 'never generic' : `generic from execution ${genericAt} on`
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), sets.length === 1 ? `${sets[0]} alone` : 'all in turn'])
  }
  return `${mode}: ${[...outcomes].map(([outcome, of]) => `${outcome} (${clip(of.join(', '))})`).join('; ')}`
}

function clip(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`
}
