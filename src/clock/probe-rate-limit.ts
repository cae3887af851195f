import { formatDuration, readDuration, type Duration } from '../primitives/duration.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import type { ClockAdvance } from './clock-advance.js'
import { readAnswer, type LimitAnswer } from './limit-answer.js'
import { makeRateLimitProbe, type RateLimitBurst, type RateLimitProbe } from './rate-limit-probe.js'
import type { SuiteClock } from './suite-clock.js'

export interface ProbeRateLimitOptions {
  /** How long a window of the limit is. */
  readonly window: Duration
  /** How many are sent at once: more than the limit. */
  readonly attempts: number
}

/** So much of a window is left when its last attempts are made: a tenth, but no less than a second, for slow machines, or half of it. */
const marginOf = (windowMs: number): number => Math.min(windowMs / 2, Math.max(windowMs / 10, 1_000))

/**
 * Sends bursts of attempts at the six moments that tell limiters apart. It starts at a multiple of the window since 1970, so that both kinds of
 * fixed windows, those by the clock and those that begin with the first attempt, end at the same time.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_TIMEOUT` when the machine is too slow to reach the end of a window in time
 */
export async function probeRateLimit(
  clock: Pick<SuiteClock, 'advance' | 'now'>,
  attempt: (attempt: number) => LimitAnswer | Promise<LimitAnswer>,
  options: ProbeRateLimitOptions,
): Promise<RateLimitProbe> {
  if (typeof attempt !== 'function') throw wrongOption('attempt', 'a function that makes one attempt', attempt)
  if (typeof options !== 'object' || options === null)
    throw wrongOption('options', "an object such as { window: '1m', attempts: 20 }", options)
  checkOptionNames(options, ['window', 'attempts'], 'probeRateLimit()')
  const windowMs = readDuration(options.window, 'window')
  const { attempts } = options
  if (windowMs < 1) throw wrongOption('window', 'at least a millisecond', options.window)
  checkWholeNumber('attempts', attempts, 2, 'a whole number above 1: more than the limit')

  const bursts: RateLimitBurst[] = []
  let openedMs = 0
  let number = 0
  const advanceTo = (moment: number): Promise<ClockAdvance> => clock.advance(`${Math.max(0, Math.ceil(moment - clock.now()))}ms`)
  const burst = async (when: RateLimitBurst['when'], sent: number): Promise<void> => {
    const answers = await Promise.all(Array.from({ length: sent }, () => makeAttempt(attempt, (number += 1), clock.now)))
    const limited = answers.filter(({ outcome }) => outcome === 'limited')
    bursts.push({
      when,
      atMs: clock.now() - openedMs,
      sent,
      accepted: answers.filter(({ outcome }) => outcome === 'accepted').length,
      limited: limited.length,
      failed: answers.flatMap(({ failure }) => failure ?? []),
      retryAfterMs: limited.flatMap((answer) => ('retryAfterMs' in answer ? [answer.retryAfterMs] : [])),
    })
  }
  /** A window that begins with `sent` attempts; gives what the jump to its end said. */
  const window = async (
    sent: number,
    names: readonly [RateLimitBurst['when'], RateLimitBurst['when'], RateLimitBurst['when']],
  ): Promise<readonly [before: ClockAdvance, over: ClockAdvance]> => {
    const start = await advanceTo((Math.floor(clock.now() / windowMs) + 2) * windowMs)
    openedMs = clock.now()
    await burst(names[0], sent)
    const lastAttempt = clock.now()
    await advanceTo(openedMs + windowMs - marginOf(windowMs))
    await burst(names[1], attempts)
    if (clock.now() >= openedMs + windowMs) throw slowError(windowMs)
    const over = await advanceTo(lastAttempt + windowMs + 1)
    await burst(names[2], attempts)
    return [start, over]
  }
  const [start, over] = await window(attempts, ['first', 'last', 'next'])
  await window(1, ['opening', 'before', 'after'])
  const known = new Set(start.redis?.persistent.first)
  const fresh = over.redis?.persistent.first.filter((key) => !known.has(key)) ?? []
  const count = Math.max(fresh.length, (over.redis?.persistent.count ?? 0) - (start.redis?.persistent.count ?? 0))
  return makeRateLimitProbe({ windowMs, bursts, persistent: { count, first: fresh } })
}

async function makeAttempt(
  attempt: (attempt: number) => unknown,
  number: number,
  now: () => number,
): Promise<ReturnType<typeof readAnswer>> {
  let answer: unknown
  try {
    answer = await attempt(number)
  } catch (error) {
    return { outcome: 'failed', failure: errorFields(error).message }
  }
  return readAnswer(answer, now())
}

function slowError(windowMs: number): HotbedError {
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: `A window of ${formatDuration(windowMs)} was over before the attempts at its end had been answered.`,
    remedy: 'Probe a longer window, or fewer attempts: the clock of a suite runs on.',
  })
}
