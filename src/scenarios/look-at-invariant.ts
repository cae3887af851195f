import { inspect } from 'node:util'
import type { SuiteVerbs } from '../databases/suite-parts.js'
import { withDeadline } from '../primitives/deadline.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { InvariantCheck } from '../wire/recording/race.js'

/**
 * What must hold after every commit. A query that gives one row, whose first column says whether it holds; further columns are shown:
 * `SELECT sum(free) >= 0, sum(free) AS free FROM seats`. Or a function that gives a boolean, or `{ holds, …what is shown }`. It must not use a
 * connection of the application, whose reply may be waiting for this very look: `suite.postgres.query` and `suite.redis.send` go past the tap.
 */
export type Invariant = string | (() => InvariantValue | Promise<InvariantValue>)

export type InvariantValue = boolean | { readonly holds: boolean; readonly [shown: string]: unknown }

/** Looks for so long at most: whoever committed waits for it. */
const LOOK_MS = 2_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkInvariant(invariant: unknown): void {
  if (invariant === undefined || typeof invariant === 'function' || (typeof invariant === 'string' && invariant.trim() !== '')) return
  throw wrongOption('invariant', 'a query, or a function that gives a boolean', invariant)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an invariant that fails, or gives no boolean */
export async function lookAtInvariant(
  verbs: SuiteVerbs,
  invariant: Invariant,
  at: Pick<InvariantCheck, 'after' | 'position'>,
): Promise<InvariantCheck> {
  const where = at.position === undefined ? `at the ${at.after}` : `after ${at.after}`
  const asking = typeof invariant === 'string' ? ask(verbs, invariant) : Promise.resolve().then(invariant).then(readValue)
  try {
    return { ...at, ...(await withDeadline(asking, LOOK_MS, `the invariant ${where}`)) }
  } catch (error) {
    const isLate = isHotbedError(error) && error.code === 'ERR_HOTBED_TIMEOUT'
    if (isHotbedError(error) && error.code === 'ERR_HOTBED_OPTION') throw error
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The invariant could not be evaluated ${where}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      remedy: isLate
        ? 'It may wait for a lock of a participant, or use a connection of the application, whose reply waits for this look. Ask suite.postgres.query or suite.redis.send.'
        : typeof invariant === 'string'
          ? `Try it: await suite.postgres.query(${JSON.stringify(invariant.trim())})`
          : 'It is called before the race, after every commit, and at the end.',
      cause: error,
    })
  }
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an invariant that does not hold yet */
export function requireHolding(start: InvariantCheck): void {
  if (start.holds) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `The invariant does not hold before anything has run: it is ${start.text}.`,
    remedy: 'Put the rows into a state in which it holds, or correct the invariant.',
  })
}

type Looked = Pick<InvariantCheck, 'holds' | 'text'>

async function ask(verbs: SuiteVerbs, sql: string): Promise<Looked> {
  const { rows } = await verbs.query(sql, undefined)
  const [row] = rows
  const [first, ...shown] = Object.entries(row ?? {})
  if (rows.length !== 1 || (typeof first?.[1] !== 'boolean' && first?.[1] !== null)) {
    throw wrongInvariant(rows.length === 1 ? printed(first?.[1]) : `${rows.length} rows`)
  }
  // As in a CHECK constraint of SQL it would be no failure, but nothing can be said of it either.
  return { holds: first[1] === true, text: textOf(first[1], shown) }
}

function readValue(value: unknown): Looked {
  if (typeof value === 'boolean') return { holds: value, text: String(value) }
  if (typeof value !== 'object' || value === null || !('holds' in value) || typeof value.holds !== 'boolean')
    throw wrongInvariant(value === undefined ? 'nothing' : printed(value))
  const { holds, ...shown } = value
  return { holds, text: textOf(holds, Object.entries(shown)) }
}

function wrongInvariant(gave: string): HotbedError {
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `The invariant must give a boolean, and gave ${gave}.`,
    remedy:
      "Write 'SELECT sum(free) >= 0, sum(free) AS free FROM seats', or a function that gives true, false or { holds, …what is shown }.",
  })
}

/** `false, free = -1` */
function textOf(holds: boolean | null, shown: readonly (readonly [string, unknown])[]): string {
  return [String(holds), ...shown.map(([name, value]) => `${name} = ${printed(value)}`)].join(', ')
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, depth: 2 })
}
