import { isObject, readNumber, readText } from '../explain-json.js'
import type { Plan } from '../plan.js'

/** A trigger that ran for a statement. */
export interface TriggerCalls {
  readonly name: string
  readonly table: string
  readonly calls: number
  /** The foreign key that the trigger is of. */
  readonly constraint: string | undefined
}

/** `Triggers` of EXPLAIN ANALYZE. The functions' own work is in no node of the plan. */
export function triggerCalls({ raw }: Plan): readonly TriggerCalls[] {
  const triggers = raw['Triggers']
  return (Array.isArray(triggers) ? triggers.filter(isObject) : []).map((trigger) => ({
    name: readText(trigger, 'Trigger Name') ?? '',
    table: readText(trigger, 'Relation') ?? '',
    calls: readNumber(trigger, 'Calls') ?? 0,
    constraint: readText(trigger, 'Constraint Name'),
  }))
}
