import { formatDuration, readDuration, type Duration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'

/** Between which bounds a remaining life shall lie; both belong to it. */
export interface TtlBounds {
  /**
   * Seconds, or a text such as `'5m'`. In whole seconds it is compared with the remaining life rounded up to a whole second,
   * so that a key just written with `EX 60` has its 60 seconds.
   * @default any
   */
  readonly min?: Duration
  /** Seconds, or a text such as `'5m'`. @default any */
  readonly max?: Duration
}

/** Bounds that have been read. */
export interface WantedLife {
  readonly holds: (lifeMs: number) => boolean
  /** ` between 30 s and 60 s`, or nothing. */
  readonly label: string
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds that are none */
export function readTtlBounds(bounds: unknown, where: string): WantedLife {
  if (typeof bounds !== 'object' || bounds === null) throw wrongOption('bounds', "{ min, max }, such as { min: 30, max: '5m' }", bounds)
  checkOptionNames(bounds, ['min', 'max'], where)
  const given: { readonly min?: unknown; readonly max?: unknown } = bounds
  const min = given.min === undefined ? undefined : readDuration(given.min, 'min')
  const max = given.max === undefined ? undefined : readDuration(given.max, 'max')
  if (min !== undefined && max !== undefined && min > max) throw wrongOption('min', `at most max (${formatDuration(max)})`, given.min)
  const longEnough = (ttlMs: number): boolean => min === undefined || (min % 1000 === 0 ? Math.ceil(ttlMs / 1000) * 1000 : ttlMs) >= min
  return { holds: (ttlMs) => longEnough(ttlMs) && (max === undefined || ttlMs <= max), label: labelRange(min, max) }
}

function labelRange(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` between ${formatDuration(min)} and ${formatDuration(max)}`
  if (min !== undefined) return ` of at least ${formatDuration(min)}`
  return max === undefined ? '' : ` of at most ${formatDuration(max)}`
}
