import { formatDuration } from '../primitives/duration.js'

/** One look at what is expected to expire. */
export interface ExpiryLook {
  /** `stored`: right after it was stored; `before`: just before its life is over; `over`: when it is. */
  readonly when: 'stored' | 'before' | 'over'
  /** Since it began to be stored, in milliseconds by the suite's clock, when the look was over. */
  readonly atMs: number
  readonly isThere: boolean
  /** Of a key: its remaining life in milliseconds, or `'persistent'`; `undefined` for one that is gone, and where a function looks. */
  readonly ttlMs: number | 'persistent' | undefined
}

/** Evidence of `suite.clock.probeExpiry`: whether something was there before the end of its life, and after. Immutable. */
export interface ExpiryProbe {
  readonly kind: 'expiry-probe'
  /** The key that was looked for, or the name of the function that looked. */
  readonly subject: string
  /** The life that was probed, in milliseconds. */
  readonly afterMs: number
  /** In the order of `stored`, `before`, `over`. */
  readonly looks: readonly ExpiryLook[]
  /** A table. */
  readonly toString: () => string
}

export function makeExpiryProbe(facts: Pick<ExpiryProbe, 'subject' | 'afterMs' | 'looks'>): ExpiryProbe {
  const probe = { kind: 'expiry-probe', ...facts, looks: Object.freeze(facts.looks.map((look) => Object.freeze(look))) } as const
  // Not enumerable, so that it stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(probe, 'toString', {
    value: (): string => [`${probe.subject}, probed for ${formatDuration(probe.afterMs)}`, ...expiryLines(probe)].join('\n'),
  })
  return Object.freeze(probe)
}

/** True for an `ExpiryProbe`, also one made by another copy of the package. */
export function isExpiryProbe(value: unknown): value is ExpiryProbe {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'expiry-probe'
}

/** A line for each look; `isWrong` marks it. */
export function expiryLines(
  { looks, afterMs }: Pick<ExpiryProbe, 'looks' | 'afterMs'>,
  isWrong: (look: ExpiryLook) => boolean = () => false,
): readonly string[] {
  return looks.map((look) => {
    const { atMs, isThere, ttlMs } = look
    const rest = afterMs - atMs
    const time =
      look.when === 'stored' ? 'when stored' : rest > 0 ? `${formatDuration(rest)} before its end` : `after ${formatDuration(atMs)}`
    const life = ttlMs === undefined ? '' : ttlMs === 'persistent' ? ', without a TTL' : `, expires in ${formatDuration(ttlMs)}`
    return `  ${isWrong(look) ? '✗' : ' '} ${time.padEnd(24)} ${isThere ? 'there' : 'gone'}${life}`
  })
}
