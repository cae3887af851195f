import { inspect } from 'node:util'
import type { SuiteVerbs } from '../databases/suite-parts.js'
import { withDeadline } from '../primitives/deadline.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { Asked } from '../wire/questions.js'
import type { InvariantCheck } from '../wire/recording/race.js'
import type { CommitNotice } from '../wire/thread/commit-turnstile.js'

/**
 * What must hold after every commit. A query that gives one row, whose first column says whether it holds; further columns are shown:
 * `SELECT sum(free) >= 0, sum(free) AS free FROM seats`. Or a function that gives a boolean, or `{ holds, …what is shown }`. It must not use a
 * connection of the application, whose reply may be waiting for this very look: `suite.postgres.query` and `suite.redis.send` go past the tap.
 */
export type Invariant = string | (() => InvariantValue | Promise<InvariantValue>)

export type InvariantValue = boolean | { readonly holds: boolean; readonly [shown: string]: unknown }

/** An invariant that is looked at after every commit. */
export interface WatchedInvariant {
  /** Looks once more, and gives all looks in the order of the timeline. A second call gives the same. */
  readonly stop: () => Promise<readonly InvariantCheck[]>
}

/** Looks for so long at most: whoever committed waits for it. */
const LOOK_MS = 2_000
const watched = new WeakSet<SuiteVerbs>()

/**
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, before anything runs, for an invariant that fails, that gives no boolean, or that does not hold yet
 */
export async function watchInvariant(verbs: SuiteVerbs, invariant: Invariant | undefined): Promise<WatchedInvariant> {
  if (invariant === undefined) return { stop: () => Promise.resolve([]) }
  if (typeof invariant !== 'function' && (typeof invariant !== 'string' || invariant.trim() === ''))
    throw wrongOption('invariant', 'a query, or a function that gives a boolean', invariant)
  if (watched.has(verbs)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'An invariant of this suite is being watched already, by a race that has not ended.',
      remedy: 'Await one race before the next, or give each test a suite of its own.',
    })
  }
  const start = await look(verbs, invariant, { after: 'start', position: undefined })
  if (!start.holds) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The invariant does not hold before anything has run: it is ${start.text}.`,
      remedy: 'Put the rows into a state in which it holds, or correct the invariant.',
    })
  }
  const checks = [start]
  let failure: Error | undefined
  let hasStopped = false
  watched.add(verbs)
  await verbs.tap('watchCommits', [true])
  const serve = async (): Promise<void> => {
    while (!hasStopped) {
      const next = (await verbs.tap('nextCommit', [])) as Asked<CommitNotice> | undefined
      if (next === undefined) return
      const { text: after, position } = next
      try {
        checks.push(await look(verbs, invariant, { after, position }))
      } catch (error) {
        failure ??= error as HotbedError
      }
      await verbs.tap('answerCommit', [next.id])
    }
  }
  const serving = serve()
  // Whoever stops it hears of it.
  serving.catch(() => {})
  const end = async (): Promise<readonly InvariantCheck[]> => {
    hasStopped = true
    watched.delete(verbs)
    await verbs.tap('watchCommits', [false])
    await serving
    if (failure !== undefined) throw failure
    return [...checks, await look(verbs, invariant, { after: 'end', position: undefined })]
  }
  let stopping: Promise<readonly InvariantCheck[]> | undefined
  return { stop: () => (stopping ??= end()) }
}

async function look(verbs: SuiteVerbs, invariant: Invariant, at: Pick<InvariantCheck, 'after' | 'position'>): Promise<InvariantCheck> {
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
