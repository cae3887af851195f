import type { NamedKeys } from '../keyspace/shift-expiries.js'
import { formatDuration } from '../primitives/duration.js'

/** What became of the attempts that were made at one time. */
export interface RateLimitBurst {
  /**
   * - `first`: all attempts at once, at the beginning of a window;
   * - `last`: all at once, just before that window is over;
   * - `next`: all at once, when it is over.
   * - `opening`: a single attempt at the beginning of a later window; then `before` and `after`, all at once, on both sides of its end.
   */
  readonly when: 'first' | 'last' | 'next' | 'opening' | 'before' | 'after'
  /** Since the first attempt of its window, in milliseconds by the suite's clock, when the last answer had come. */
  readonly atMs: number
  readonly sent: number
  readonly accepted: number
  /** Status 429, or false. */
  readonly limited: number
  /** Neither accepted nor limited: another status, or an error. */
  readonly failed: readonly string[]
  /** Of those limited with a status, what Retry-After said, in milliseconds; `undefined` where it said nothing. */
  readonly retryAfterMs: readonly (number | undefined)[]
}

/** Evidence of `suite.clock.probeRateLimit`: whom a rate limiter let in, when. Immutable. */
export interface RateLimitProbe {
  readonly kind: 'rate-limit-probe'
  readonly windowMs: number
  readonly bursts: readonly RateLimitBurst[]
  /** Keys without a TTL that were there when the first window was over, and not before it. */
  readonly persistent: NamedKeys
  /** A table. */
  readonly toString: () => string
}

export function makeRateLimitProbe(facts: Omit<RateLimitProbe, 'kind' | 'toString'>): RateLimitProbe {
  const bursts = Object.freeze(facts.bursts.map((burst) => Object.freeze(burst)))
  const probe = { kind: 'rate-limit-probe', ...facts, bursts } as const
  // Not enumerable, so that it stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(probe, 'toString', {
    value: (): string => [`A rate limit, probed over a window of ${formatDuration(probe.windowMs)}`, ...burstLines(probe)].join('\n'),
  })
  return Object.freeze(probe)
}

/** True for a `RateLimitProbe`, also one made by another copy of the package. */
export function isRateLimitProbe(value: unknown): value is RateLimitProbe {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'rate-limit-probe'
}

const SAID: Readonly<Record<RateLimitBurst['when'], string>> = {
  first: 'at the beginning of a window',
  last: 'just before its end',
  next: 'when it is over',
  opening: 'one, two windows later',
  before: 'just before the end of that',
  after: 'just after it',
}

/** A line for each burst; `isWrong` marks it. */
export function burstLines(
  { bursts }: Pick<RateLimitProbe, 'bursts'>,
  isWrong: (burst: RateLimitBurst) => boolean = () => false,
): readonly string[] {
  return bursts.map((burst) => {
    const failed = burst.failed.length === 0 ? '' : `, ${burst.failed.length} failed: ${burst.failed[0]}`
    return `  ${isWrong(burst) ? '✗' : ' '} ${SAID[burst.when].padEnd(28)} ${burst.accepted} of ${burst.sent} accepted, ${burst.limited} limited${failed}`
  })
}
