import { wrongOption } from '../../primitives/options.js'
import { unjudgeable } from './evidence.js'

/** Something that is allowed although a matcher would object. */
export interface Exemption {
  /** Why it is allowed, for whoever reads the test. */
  readonly reason: string
}

/** What is left when exemptions have been taken away. */
export interface Exempted<Item, One extends Exemption> {
  readonly left: readonly Item[]
  /** Exemptions that nothing was exempted by. */
  readonly unused: readonly One[]
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an exemption without a reason */
export function checkReasons(exemptions: readonly Exemption[]): void {
  for (const { reason } of exemptions)
    if (typeof reason !== 'string' || reason.trim() === '') throw wrongOption('reason', 'a sentence that says why it is allowed', reason)
}

/** Takes away each item that one of the exemptions is for. */
export function applyExemptions<Item, One extends Exemption>(
  items: readonly Item[],
  exemptions: readonly One[],
  isFor: (exemption: One, item: Item) => boolean,
): Exempted<Item, One> {
  return {
    left: items.filter((item) => !exemptions.some((exemption) => isFor(exemption, item))),
    unused: exemptions.filter((exemption) => !items.some((item) => isFor(exemption, item))),
  }
}

/** One line for each exemption that is no longer needed. */
export function unusedLines<One extends Exemption>(unused: readonly One[], describe: (exemption: One) => string): readonly string[] {
  return unused.map((exemption) => `  unused exemption: ${describe(exemption)} (${exemption.reason})`)
}

/**
 * For exemptions that exempt nothing where there is nothing else to say. It is thrown, because a verdict would be a pass for one of
 * `expect(x)` and `expect(x).not`, and what is no longer true would stay in the test.
 */
export function needlessExemptions<One extends Exemption>(
  matcher: string,
  unused: readonly One[],
  describe: (exemption: One) => string,
): Error {
  return unjudgeable(
    [
      `${matcher} has ${unused.length === 1 ? 'an exemption that exempts' : `${unused.length} exemptions that exempt`} nothing:`,
      ...unusedLines(unused, describe),
    ],
    'Remove it from the test, or correct what it names.',
  )
}
