import type { SendCommand } from '../keyspace/inspect.js'
import { formatDuration, readDuration, type Duration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { makeExpiryProbe, type ExpiryLook, type ExpiryProbe } from './expiry-probe.js'
import type { SuiteClock } from './suite-clock.js'

/** Says whether it is there: what a user would see of it. */
export type Look = () => boolean | Promise<boolean>

export interface ProbeExpiryOptions {
  /** The life that is expected. */
  readonly after: Duration
  /**
   * Stores it; its life begins in there. Without, it is taken to have been stored when the probe begins: what was stored long before, by a slow
   * machine, is then gone too early.
   */
  readonly store?: () => unknown
  /** So long before the end it has to be there. @default a second, or half of its life */
  readonly margin?: Duration
}

const MARGIN_MS = 1_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_TIMEOUT` when storing took longer than the life; and whatever `store` and `look` throw */
export async function probeExpiry(
  clock: Pick<SuiteClock, 'advance' | 'now'>,
  send: SendCommand,
  subject: string | Look,
  options: ProbeExpiryOptions,
): Promise<ExpiryProbe> {
  if (typeof subject !== 'function' && (typeof subject !== 'string' || subject === ''))
    throw wrongOption('subject', 'the name of a key, or a function that says whether it is there', subject)
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "an object such as { after: '5m' }", options)
  checkOptionNames(options, ['after', 'store', 'margin'], 'probeExpiry()')
  const { store } = options
  const afterMs = readDuration(options.after, 'after')
  const marginMs = options.margin === undefined ? Math.min(MARGIN_MS, afterMs / 2) : readDuration(options.margin, 'margin')
  if (afterMs === 0) throw wrongOption('after', 'more than nothing', options.after)
  if (marginMs >= afterMs) throw wrongOption('margin', `less than the life of ${formatDuration(afterMs)}`, options.margin)
  if (store !== undefined && typeof store !== 'function') throw wrongOption('store', 'a function that stores it', store)

  const began = clock.now()
  await store?.()
  const stored = clock.now()
  const looks: ExpiryLook[] = []
  const look = async (when: ExpiryLook['when']): Promise<void> => {
    const seen = typeof subject === 'string' ? await lookForKey(send, subject) : { isThere: await askLook(subject), ttlMs: undefined }
    looks.push({ when, atMs: clock.now() - began, ...seen })
  }
  const advanceTo = async (moment: number): Promise<void> => void (await clock.advance(`${Math.max(0, Math.ceil(moment - clock.now()))}ms`))

  await look('stored')
  if (clock.now() > began + afterMs - marginMs) {
    throw new HotbedError('ERR_HOTBED_TIMEOUT', {
      message: `To store it took ${formatDuration(clock.now() - began)}, and its life of ${formatDuration(afterMs)} was as good as over.`,
      remedy: 'Probe a longer life, or store less in `store`.',
    })
  }
  await advanceTo(began + afterMs - marginMs)
  await look('before')
  // One more, because some count a life as over only when it has been exceeded.
  await advanceTo(stored + afterMs + 1)
  await look('over')
  return makeExpiryProbe({ subject: typeof subject === 'string' ? subject : subject.name || 'look()', afterMs, looks })
}

async function lookForKey(send: SendCommand, key: string): Promise<Pick<ExpiryLook, 'isThere' | 'ttlMs'>> {
  const ttl = Number(await send(['PTTL', key]))
  return { isThere: ttl !== -2, ttlMs: ttl === -2 ? undefined : ttl === -1 ? 'persistent' : ttl }
}

async function askLook(look: Look): Promise<boolean> {
  const answer: unknown = await look()
  if (typeof answer === 'boolean') return answer
  throw wrongOption('subject', 'a function that gives true or false', answer)
}
