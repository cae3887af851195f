import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'

/** Values for a statement, several times: by names that messages use, `{ median: [17], heaviest: [3] }`, or as a list. */
export type ParameterSets = Readonly<Record<string, readonly unknown[]>> | readonly (readonly unknown[])[]

/** One set of values. */
export interface ParameterSet {
  readonly name: string
  readonly params: readonly unknown[]
}

const EXPECTED = 'sets of values: { median: [17], heaviest: [3] } or [[17], [3]]'

/**
 * Gives every set a name: its own, or `set 1`, `set 2` in a list.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for anything else, and when there is no set
 */
export function readParameterSets(sets: unknown): readonly ParameterSet[] {
  if (typeof sets !== 'object' || sets === null) throw wrongOption('paramSets', EXPECTED, sets)
  const named = Array.isArray(sets)
    ? sets.map((params: unknown, index) => [`set ${index + 1}`, params] as const)
    : Object.entries(sets as Readonly<Record<string, unknown>>)
  if (named.length === 0) throw new HotbedError('ERR_HOTBED_OPTION', { message: `There is no set of values; expected ${EXPECTED}.` })
  return named.map(([name, params]) => {
    if (!Array.isArray(params)) throw wrongOption(`paramSets: ${name}`, 'a list of values, such as [17]', params)
    return Object.freeze({ name, params: Object.freeze([...(params as readonly unknown[])]) })
  })
}
