import { ruleText } from '../rule.js'
import type { Changes } from './changes.js'
import { describeLink } from './describe-link.js'
import type { Link } from './link.js'
import type { LiveRule } from './live-rule.js'
import type { TappedSuite } from './suite-verbs.js'

/** A statement that runs longer is not waited for. */
const BUSY_MS = 500

export interface LeftoversHost extends Pick<Changes, 'until'> {
  readonly links: () => Iterable<Link>
  readonly rules: ReadonlyMap<number, LiveRule>
}

/** What is left at the end of a suite. */
export function createLeftovers({ links, rules, until }: LeftoversHost): Pick<TappedSuite, 'leftovers'> {
  return {
    leftovers: async () => {
      // A client may know of an error before the status of its transaction has come.
      await until(() => ![...links()].some(({ store, conversation }) => store === 'postgres' && conversation.isBusy()), BUSY_MS)
      return {
        rules: [...rules.values()].map(({ spec }) => ruleText(spec)),
        connections: [...links()].map((link) => describeLink(link, undefined, undefined, undefined)),
      }
    },
  }
}
