import { wrongOption } from './options.js'

/** A length of time: a number of seconds, or a text with its unit: `250ms`, `30s`, `5m`, `2h`, `1d`. */
export type Duration = number | string

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Milliseconds of a duration; `option` is its name in messages.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for anything that is no length of time
 */
export function readDuration(duration: unknown, option: string): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration * 1000
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/.exec(duration.trim()) : null
  const unit = UNITS[match?.[2] ?? '']
  if (match === null || unit === undefined)
    throw wrongOption(option, "a number of seconds, or a text such as '250ms', '30s', '5m', '2h' or '1d'", duration)
  return Number(match[1]) * unit
}

/** For people: `250 ms`, `59.9 s`, `5 min`, `1 h 30 min`, `2 d`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${Math.floor(milliseconds / 100) / 10} s`
  const parts: string[] = []
  let rest = Math.floor(milliseconds / 1000)
  for (const [seconds, unit] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}
