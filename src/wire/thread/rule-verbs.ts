import { refusalOnShared, type RedisTenant } from '../../servers/redis/external/shared-guard.js'
import type { Changes } from './changes.js'
import type { ConnectionRules } from './connection-rules.js'
import { createLiveRule, type LiveRule, type RuleHost } from './live-rule.js'
import type { SuiteHost, TappedSuite } from './suite-verbs.js'

export type RuleVerbs = Pick<TappedSuite, 'addRule' | 'ruleState' | 'arrived' | 'releaseRule' | 'removeRule'>

export interface RuleVerbsHost
  extends Pick<RuleHost, 'countBlocked' | 'commands' | 'changed'>, Pick<SuiteHost, 'consult'>, Pick<Changes, 'until'> {
  readonly rules: Map<number, LiveRule>
  readonly connectionRules: ConnectionRules
  readonly nextNumber: () => number
}

/** How rules come and go. */
export function createRuleVerbs({ rules, connectionRules, nextNumber, consult, until, ...host }: RuleVerbsHost): RuleVerbs {
  const findRule = (id: number): LiveRule => {
    const rule = rules.get(id)
    if (rule === undefined) throw new Error(`there is no rule ${id}`)
    return rule
  }
  return {
    addRule: async (spec) => {
      const id = nextNumber()
      const rule = createLiveRule(spec, {
        ...host,
        consult: (event) => consult(id, event),
        countWaiting: () => connectionRules.countHeld(id),
      })
      rules.set(id, rule)
      await connectionRules.change(id, rule, true)
      return id
    },
    ruleState: (id) => findRule(id).state(),
    arrived: async (id, count, deadlineMs) => {
      const rule = findRule(id)
      await until(() => rule.state().applied >= count || !rules.has(id), deadlineMs)
      return rule.state()
    },
    releaseRule: (id, because) => findRule(id).release(because),
    removeRule: async (id) => {
      const rule = findRule(id)
      rules.delete(id)
      rule.end()
      await connectionRules.change(id, rule, false)
      return rule.state()
    },
  }
}

/**
 * What becomes of a request: the first rule that concerns it says so.
 *
 * @param tenant where Redis is shared: what is not the suite's is refused
 */
export function createRuleDecision(rules: ReadonlyMap<number, LiveRule>, tenant?: RedisTenant): LiveRule['decide'] {
  return (event, gone) => {
    const refusal = tenant !== undefined && event.store === 'redis' ? refusalOnShared(event.args, event.database, tenant) : undefined
    if (refusal !== undefined) return { kind: 'answer', answer: { error: { code: 'ERR', message: `hotbed: ${refusal}` } } }
    for (const rule of rules.values()) {
      const fate = rule.decide(event, gone)
      if (fate !== undefined) return fate
    }
    return undefined
  }
}
