import { printKeys } from '../../clock/clock-advance.js'
import { burstLines, isRateLimitProbe, type RateLimitBurst, type RateLimitProbe } from '../../clock/rate-limit-probe.js'
import { formatDuration, readDuration, type Duration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

export interface RateLimit {
  /** How many are accepted in a window. */
  readonly limit: number
  readonly window: Duration
  /**
   * How many may be accepted within the length of one window wherever it begins. A fixed window lets in twice the limit around its end, a token
   * bucket nearly so.
   * @default limit
   */
  readonly burst?: number
  /** Whether each answer with status 429 has to have a Retry-After. @default true */
  readonly retryAfter?: boolean
}

/**
 * Passes when of attempts at the same time exactly `limit` were accepted, when all others were told to come back within the window, when `limit`
 * were accepted again after it, and when no span of that length let in more than `burst`.
 *
 * @param received what `suite.clock.probeRateLimit` gave
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything else, for a probe of another window, or with no more attempts than the limit
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a limit that is none
 */
export function toEnforceRateLimit(received: unknown, rate: RateLimit): MatcherVerdict {
  if (!isRateLimitProbe(received)) {
    throw wrongEvidence(
      received,
      'toEnforceRateLimit',
      'the probe of a rate limit',
      "const probe = await suite.clock.probeRateLimit(() => app.inject('/orders'), { window: '1m', attempts: 20 })",
    )
  }
  const { limit, windowMs, burst, retryAfter } = readRate(rate)
  if (received.windowMs !== windowMs) {
    throw unjudgeable(
      [`The probe was over a window of ${formatDuration(received.windowMs)}, and the matcher asks about ${formatDuration(windowMs)}.`],
      'Give both the same window.',
    )
  }
  const sent = received.bursts[0]?.sent ?? 0
  if (sent <= limit) {
    throw unjudgeable(
      [`The probe sent ${sent} at once, which a limit of ${limit} lets through with and without a limiter.`],
      `Send more: { attempts: ${limit * 2} }`,
    )
  }
  const objections = findObjections(received, { limit, burst, retryAfter })
  const wrong = new Set(objections.flatMap(({ bursts }) => bursts))
  const rule = `${limit} in ${formatDuration(windowMs)}`
  return makeVerdict(
    objections.length === 0,
    () => [
      `The limit of ${rule} is not enforced:`,
      ...objections.slice(0, 3).map(({ text }) => `  ${text}`),
      ...(objections.length > 3 ? [`  … and ${objections.length - 3} more`] : []),
      ...burstLines(received, (one) => wrong.has(one)),
      ...persistentLines(received, objections),
    ],
    () => [`The limit of ${rule} is enforced, and should not be.`, ...burstLines(received)],
  )
}

interface Objection {
  readonly text: string
  readonly bursts: readonly RateLimitBurst[]
  readonly isForEver?: boolean
}

interface ReadRate {
  readonly limit: number
  readonly burst: number
  readonly retryAfter: boolean
}

function findObjections({ bursts, windowMs }: RateLimitProbe, { limit, burst, retryAfter }: ReadRate): readonly Objection[] {
  const [first, last, next, opening, before, after] = bursts as readonly RateLimitBurst[] &
    Readonly<Record<0 | 1 | 2 | 3 | 4 | 5, RateLimitBurst>>
  const objections: Objection[] = []
  const object = (bursts: readonly RateLimitBurst[], text: string, isForEver = false): void =>
    void objections.push({ bursts, text, isForEver })
  if (first.accepted !== limit) object([first], `Of ${first.sent} at once ${first.accepted} were accepted, expected ${limit}.`)
  if (next.accepted === 0) object([next], `When the window was over nobody was accepted, expected ${limit}.`, true)
  else if (next.accepted !== limit) object([next], `When the window was over ${next.accepted} were accepted, expected ${limit}.`)
  for (const [some, where] of [
    [[first, last], 'within one window'],
    [[opening, before], 'within a later window'],
    [[before, after], `on both sides of its end, in less than ${formatDuration(windowMs)}`],
  ] as const) {
    const accepted = some.reduce((sum, one) => sum + one.accepted, 0)
    // Too many at once has been said.
    if (accepted > burst && some.every((one) => one.accepted <= limit))
      object(some, `${accepted} were accepted ${where}, expected at most ${burst}.`)
  }
  for (const one of bursts) {
    if (one.failed.length > 0) object([one], `${one.failed.length} of ${one.sent} were neither accepted nor limited: ${one.failed[0]}.`)
    const silent = one.retryAfterMs.filter((ms) => ms === undefined).length
    if (retryAfter && silent > 0) object([one], `${silent} of ${one.limited} answers with status 429 had no Retry-After.`)
    const longest = Math.max(0, ...one.retryAfterMs.map((ms) => ms ?? 0))
    if (longest > windowMs) object([one], `Retry-After was up to ${formatDuration(longest)}, longer than the window.`)
  }
  return objections
}

/** Why nobody gets in any more. */
function persistentLines({ persistent }: RateLimitProbe, objections: readonly Objection[]): readonly string[] {
  if (persistent.count === 0 || !objections.some(({ isForEver }) => isForEver)) return []
  return [
    `  Without a TTL since then: ${printKeys(persistent)}`,
    '  INCR and EXPIRE as two commands leave a counter for ever when the second is lost: send them in one script or MULTI, or SET … NX EX first.',
  ]
}

function readRate(rate: unknown): ReadRate & { readonly windowMs: number } {
  if (typeof rate !== 'object' || rate === null) throw wrongOption('rate', "an object such as { limit: 10, window: '1m' }", rate)
  checkOptionNames(rate, ['limit', 'window', 'burst', 'retryAfter'], 'toEnforceRateLimit()')
  const { limit, window, burst = limit, retryAfter = true } = rate as Partial<RateLimit>
  if (!isCount(limit)) throw wrongOption('limit', 'a whole number above 0', limit)
  if (!isCount(burst) || burst < limit) throw wrongOption('burst', `a whole number from the limit (${limit}) on`, burst)
  if (typeof retryAfter !== 'boolean') throw wrongOption('retryAfter', 'true or false', retryAfter)
  return { limit, burst, retryAfter, windowMs: readDuration(window, 'window') }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
