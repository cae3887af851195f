import type { SuiteVerbs } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { EffectCounts } from './commit-runs.js'

/**
 * How often something has happened, as numbers. A query that gives one row of them, `SELECT count(*) AS orders, sum(total) AS charged FROM orders`,
 * or a function that gives one number or several by name. It is asked past the tap.
 */
export type Effect = string | (() => EffectValue | Promise<EffectValue>)

export type EffectValue = number | EffectCounts

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an effect that fails or is no number */
export async function measureEffect(verbs: SuiteVerbs, effect: Effect): Promise<EffectCounts> {
  if (typeof effect !== 'function' && (typeof effect !== 'string' || effect.trim() === ''))
    throw wrongOption('effect', 'a query, or a function that gives numbers', effect)
  try {
    const value: unknown = typeof effect === 'string' ? await ask(verbs, effect) : await effect()
    return readCounts(typeof value === 'object' && value !== null ? value : { effect: value })
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The effect could not be measured: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      remedy: "Write 'SELECT count(*) AS orders FROM orders', or a function that gives a number.",
      cause: error,
    })
  }
}

async function ask(verbs: SuiteVerbs, sql: string): Promise<object> {
  const { rows } = await verbs.query(sql, undefined)
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new RangeError(`the query gave ${rows.length} rows instead of one`)
  return row
}

/** What is wide comes from Postgres as text, and nothing (the sum of no rows) is 0. */
function readCounts(values: object): EffectCounts {
  const counts = Object.entries(values).map(([name, value]: [string, unknown]) => {
    const count = value === null || typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value
    if (typeof count !== 'number' || !Number.isFinite(count) || value === '') throw new RangeError(`${name} is no number`)
    return [name, count] as const
  })
  if (counts.length === 0) throw new RangeError('it gave nothing')
  return Object.freeze(Object.fromEntries(counts))
}
