import { HotbedError } from '../primitives/error.js'
import type { RuleAction, RuleMatchSpec, RuleSpec } from '../wire/rule.js'

/** What a rule is about. Undefined: only its predicate can say. */
type About = 'postgres' | 'redis' | 'upstream' | undefined

/**
 * What cannot work is said before anything happens.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function checkAction({ match, action }: RuleSpec): void {
  const about = aboutOf(match)
  const fault = ofConnections(action, match) ?? ofAnswers(action, about)
  if (fault !== undefined) throw new HotbedError('ERR_HOTBED_OPTION', fault)
}

interface Fault {
  readonly message: string
  readonly remedy: string
}

function aboutOf(match: RuleMatchSpec): About {
  if (typeof match === 'string') return match
  return 'store' in match ? match.store : undefined
}

function ofConnections({ kind }: RuleAction, match: RuleMatchSpec): Fault | undefined {
  if (kind !== 'refuse' && kind !== 'throttle') return undefined
  if (typeof match === 'string') return undefined
  if (aboutOf(match) !== 'upstream') {
    return {
      message: `${kind} acts on connections, which are there before any request.`,
      remedy: `Write intercept('postgres', ${kind}(…)) or intercept('redis', ${kind}(…)).`,
    }
  }
  if (kind === 'throttle')
    return { message: 'throttle acts on stores, not on upstreams.', remedy: 'Use delay(ms) for calls of an upstream.' }
  if ('upstream' in match && match.upstream !== undefined && match.path === undefined && match.pattern === undefined) return undefined
  return {
    message: 'refuse acts on connections, which are there before any call.',
    remedy: "Write intercept({ upstream: 'payments' }, refuse()).",
  }
}

function ofAnswers(action: RuleAction, about: About): Fault | undefined {
  if (about === undefined) return undefined
  if (action.kind === 'truncate' && about !== 'upstream')
    return { message: 'truncate is for calls of an upstream.', remedy: "Use drop('after'), which cuts the connection before the reply." }
  if (action.kind !== 'reply') return undefined
  const { answer } = action
  if (about === 'upstream') {
    if ('http' in answer) return undefined
    return { message: 'A call of an upstream is answered with a status.', remedy: "Write reply({ status: 503, body: { error: 'down' } })." }
  }
  if ('http' in answer)
    return {
      message: 'Only calls of an upstream are answered with a status.',
      remedy: "Write reply({ error: '40001' }) or reply({ error: 'LOADING' }).",
    }
  if ('value' in answer && about === 'postgres') {
    return {
      message: 'An SQL statement can be answered with an error only, not with a value.',
      remedy: "Write reply({ error: '40001' }), or put the rows into the database.",
    }
  }
  return undefined
}
