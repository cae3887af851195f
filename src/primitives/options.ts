import leven from 'leven'
import { HotbedError } from './error.js'

/** The known name nearest to `name` by edit distance, when it is near enough to be a slip of the finger. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = leven(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/**
 * Refuses a key that is not in `known`, naming the nearest one.
 * `where` is the place as the user wrote it, such as `postgres` or `hotbed()`.
 */
export function checkOptionNames(options: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = nearestName(name, known)
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `${where} has no option '${name}'.`,
      remedy: near === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean '${near}'?`,
    })
  }
}

/** An error for an option with a wrong value: quotes the option, the expectation and what was given. */
export function wrongOption(option: string, expected: string, given: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' must be ${expected}, but is ${describe(given)}.`,
  })
}

/**
 * Refuses what is no whole number from `least` on.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function checkWholeNumber(
  option: string,
  value: unknown,
  least: number,
  expected: string = `a whole number from ${least} on`,
): asserts value is number {
  if (!(Number.isSafeInteger(value) && Number(value) >= least)) throw wrongOption(option, expected, value)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
