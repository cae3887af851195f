import { ruleText } from '../rule.js'
import { describeLink } from './describe-link.js'
import { letLeave, type LeavingHost } from './leaving-verbs.js'
import type { LiveRule } from './live-rule.js'
import type { TappedSuite } from './suite-verbs.js'

/** A statement that runs longer is not waited for. */
const BUSY_MS = 500

export interface LeftoversHost extends LeavingHost {
  readonly rules: ReadonlyMap<number, LiveRule>
}

/** What is left at the end of a suite. */
export function createLeftovers({ links, rules, until }: LeftoversHost): Pick<TappedSuite, 'leftovers'> {
  return {
    leftovers: async () => {
      await letLeave({ links, until })
      // A client may know of an error before the status of its transaction has come.
      await until(() => ![...links()].some(({ store, conversation }) => store === 'postgres' && conversation.isBusy()), BUSY_MS)
      return {
        rules: [...rules.values()].map(({ spec }) => ruleText(spec)),
        // Whoever has said goodbye leaves no transaction open, however long the server takes.
        connections: [...links()].filter((link) => !link.isLeaving()).map((link) => describeLink(link, undefined, undefined, undefined)),
      }
    },
  }
}
