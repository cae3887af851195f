import { plural } from '../primitives/plural.js'
import type { NamedKeys, ShiftedExpiries } from '../keyspace/shift-expiries.js'
import { formatDuration } from '../primitives/duration.js'
import type { UntranslatedCommand } from '../wire/redis/clock/tap-clock.js'
import type { MovedTimers } from './library-timers.js'

/** Evidence of `suite.clock.advance`: what the jump has reached, and what not. Immutable. */
export interface ClockAdvance {
  readonly kind: 'clock-advance'
  /** How far this jump went, in milliseconds. */
  readonly byMs: number
  /** How far the suite is ahead of the machine since then: all jumps added up. */
  readonly aheadMs: number
  /** Milliseconds since 1970 by the suite's clock, before the jump and after it. */
  readonly fromMs: number
  readonly toMs: number
  /** What became of the keys; `undefined` without a Redis in the stack. */
  readonly redis: ShiftedExpiries | undefined
  /** Whether PostgreSQL's now() has moved: `'moved'`, or `'not moved: …'` with the reason; `undefined` without a Postgres in the stack. */
  readonly postgres: string | undefined
  /** Timers of the libraries named in `timers`; `undefined` when none are. */
  readonly timers: MovedTimers | undefined
  /** How many child processes have followed. */
  readonly children: number
  /**
   * Commands between the first jump and this one that had to do with the time of Redis and that the tap could not translate, such as scripts that
   * compute a moment. `suite.clock.untranslated()` has those since.
   */
  readonly untranslated: readonly UntranslatedCommand[]
  /** A few lines. */
  readonly toString: () => string
}

/** Makes the evidence: frozen, and printed by `String()`. */
export function makeClockAdvance(facts: Omit<ClockAdvance, 'kind' | 'toString'>): ClockAdvance {
  const advance = { kind: 'clock-advance', ...facts } as const
  // Not enumerable, so that it stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(advance, 'toString', { value: (): string => printClockAdvance(facts).join('\n') })
  return Object.freeze(advance)
}

/** True for a `ClockAdvance`, also one made by another copy of the package. */
export function isClockAdvance(value: unknown): value is ClockAdvance {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'clock-advance'
}

/** `7 keys: product:1, product:2, …` */
export function printKeys({ count, first }: NamedKeys, shown = 3): string {
  const names = first.slice(0, shown)
  const rest = count > names.length ? ', …' : ''
  return `${formatKeys(count)}${names.length === 0 ? '' : `: ${names.join(', ')}${rest}`}`
}

function printClockAdvance({
  byMs,
  aheadMs,
  toMs,
  redis,
  postgres,
  timers,
  children,
  untranslated,
}: Omit<ClockAdvance, 'kind' | 'toString'>): readonly string[] {
  const total = aheadMs === byMs ? '' : `, ${formatDuration(aheadMs)} in all`
  return [
    `The clock went ${formatDuration(byMs)} ahead${total}: ${new Date(toMs).toISOString()}`,
    ...(redis === undefined ? [] : redisLines(redis)),
    ...(postgres === undefined ? [] : [`  postgres: ${postgres}`]),
    ...(timers === undefined ? [] : [`  timers: ${timers.fired} fired, ${timers.moved} moved`]),
    ...(children === 0 ? [] : [`  ${children} child ${children === 1 ? 'process has' : 'processes have'} followed`]),
    ...untranslated.map(({ command, why, times }) => `  not translated: ${command}${times > 1 ? ` ×${times}` : ''}: ${why}`),
  ]
}

function redisLines({ expired, moved, persistent, fields }: ShiftedExpiries): readonly string[] {
  const hashFields = fields.expired + fields.moved === 0 ? '' : `; of hash fields ${fields.expired} expired, ${fields.moved} moved`
  return [
    `  expired: ${printKeys(expired)}`,
    `  redis: ${formatKeys(moved)} live on, each so much shorter; ${formatKeys(persistent.count)} without a TTL${hashFields}`,
  ]
}

function formatKeys(count: number): string {
  return plural(count, 'key')
}
