import { HotbedError } from '../../primitives/error.js'

/** Something that is accepted although a matcher would object. */
export interface Exemption<Found> {
  /** With its reason: `missing-primary-key on log: append only`. */
  readonly label: string
  readonly covers: (found: Found) => boolean
}

/** What is left when exemptions have been taken away. */
export interface Exempted<Found> {
  readonly left: readonly Found[]
  /** One line for each exemption that exempted nothing. */
  readonly unusedLines: readonly string[]
  /** A verdict that an unused exemption fails, with and without `.not`: `this` of the matcher says which. */
  readonly passes: (context: unknown) => boolean
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an exemption without a reason */
export function checkReason(reason: unknown, of: string): void {
  if (typeof reason === 'string' && reason.trim() !== '') return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `The exemption of ${of} has no reason.`,
    remedy: `Say why it is accepted: except: { '${of}': 'append only' }`,
  })
}

/** Takes away each item that one of the exemptions covers. */
export function applyExemptions<Found>(found: readonly Found[], exemptions: readonly Exemption<Found>[]): Exempted<Found> {
  const left = found.filter((one) => !exemptions.some(({ covers }) => covers(one)))
  const unused = exemptions.filter(({ covers }) => !found.some(covers))
  return {
    left,
    unusedLines: unused.map(({ label }) => `This exemption exempted nothing and can be removed: ${label}`),
    passes: (context) => (isNegated(context) ? left.length > 0 || unused.length > 0 : left.length > 0 && unused.length === 0),
  }
}

function isNegated(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'isNot' in context && context.isNot === true
}
