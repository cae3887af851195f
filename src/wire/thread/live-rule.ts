import type { LiveExchange } from '../conversation.js'
import { matches, type MatchSubject } from '../match.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import type { LiveCommand } from '../redis/live-command.js'
import type { GateOutcome, RuleSpec, RuleState } from '../rule.js'
import { createGate } from './gate.js'
import type { Fate } from './fate.js'
import type { Link } from './link.js'

export interface RuleHost {
  /** Asks whoever made the rule whether its predicate holds. */
  readonly consult: (exchange: LiveExchange) => Promise<boolean>
  /** Connections of the suite that wait for a lock of another. */
  readonly countBlocked: () => Promise<number>
  /** Called whenever the state has changed. */
  readonly changed: () => void
}

/** A rule while it lives. */
export interface LiveRule {
  readonly spec: RuleSpec
  readonly state: () => RuleState
  /** Nothing: the rule does not concern this request. */
  readonly decide: (exchange: LiveExchange, link: Link) => Fate | Promise<Fate> | undefined
  /** Lets go what it holds, and what comes. */
  readonly release: (because?: GateOutcome) => void
  /** Ends it: it lets go what it holds and matches nothing any more. */
  readonly end: () => void
}

const PASS: Fate = { kind: 'pass' }

export function createLiveRule(spec: RuleSpec, { consult, countBlocked, changed }: RuleHost): LiveRule {
  const { match, action, times = Infinity, skip, connection } = spec
  let seen = 0
  let applied = 0
  let hasEnded = false
  const passed: MatchSubject[] = []
  const gate = createGate({
    parties: action.kind === 'hold' ? action.parties : undefined,
    deadlineMs: action.kind === 'hold' ? action.deadlineMs : MAX_TIMEOUT_MS,
    countBlocked,
  })

  const act = (exchange: LiveExchange): Fate | Promise<Fate> | undefined => {
    seen += 1
    if (hasEnded || seen <= skip || applied >= times) {
      changed()
      return undefined
    }
    applied += 1
    const fate = fateOf(exchange)
    changed()
    return fate
  }

  const wait = async (exchange: LiveExchange, until: Promise<void>): Promise<Fate> => {
    const from = performance.now()
    await until
    exchange.steered = `${action.kind === 'delay' ? 'delayed' : 'held'} ${Math.round(performance.now() - from)} ms`
    changed()
    return PASS
  }

  const fateOf = (exchange: LiveExchange): Fate | Promise<Fate> | undefined => {
    switch (action.kind) {
      case 'hold':
      case 'hang':
        return gate.isOpen() ? undefined : wait(exchange, gate.arrive())
      case 'delay':
        return wait(exchange, new Promise((resolve) => void setTimeout(resolve, action.ms)))
      case 'drop':
        exchange.steered = `dropped ${action.when} the server had it`
        return { kind: 'cut', when: action.when }
      case 'reply':
        exchange.steered = 'answered by a rule'
        return { kind: 'answer', answer: action.answer }
      case 'reset':
        exchange.steered = 'reset'
        return { kind: 'reset' }
      case 'refuse':
      case 'throttle':
      default:
        // Those act on connections, not on requests.
        return undefined
    }
  }

  return {
    spec,
    state: () => ({ seen, applied, holding: gate.holding(), outcome: gate.outcome(), passed: [...passed] }),
    decide: (exchange, link) => {
      if (hasEnded || (connection !== undefined && link.id !== connection)) return undefined
      if (typeof match === 'string') return match === link.store ? act(exchange) : undefined
      if ('predicate' in match) {
        return consult(exchange).then(async (holds) => (holds ? ((await act(exchange)) ?? PASS) : PASS))
      }
      const subject = subjectOf(exchange)
      if (matches(match, subject)) return act(exchange)
      passed.push(subject)
      if (passed.length > KEPT_PASSED) passed.shift()
      return undefined
    },
    release: (because = 'released') => {
      gate.open(because)
      changed()
    },
    end: () => {
      hasEnded = true
      gate.open('released')
      changed()
    },
  }
}

function keysOf({ args, keyPositions = [] }: LiveCommand): readonly string[] {
  return keyPositions.map((at) => args[at] ?? '')
}

/** Of an exchange what a match looks at, as plain data. */
export function subjectOf(exchange: LiveExchange): MatchSubject {
  const { store, connection } = exchange
  return exchange.store === 'redis'
    ? { store, connection, args: exchange.args.map(textOfBytes), keys: keysOf(exchange).map(textOfBytes) }
    : { store, connection, sql: exchange.sql }
}

const KEPT_PASSED = 50
/** The longest that a timer of Node.js takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1
