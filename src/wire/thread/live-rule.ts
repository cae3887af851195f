import type { LiveExchange } from '../conversation.js'
import { matches, type MatchSubject } from '../match.js'
import { CONNECTION_MODES, outageAnswer, refusesCommand } from '../outage.js'
import type { CommandTable } from '../redis/command-table.js'
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
  /** Connections that wait to be let in. */
  readonly countWaiting: () => number
  /** What the suite's Redis says of its commands. */
  readonly commands: CommandTable
  /** Called whenever the state has changed. */
  readonly changed: () => void
}

/** A rule while it lives. */
export interface LiveRule {
  readonly spec: RuleSpec
  readonly state: () => RuleState
  /** Nothing: the rule does not concern this request. */
  readonly decide: (exchange: LiveExchange, link: Link) => Fate | Promise<Fate> | undefined
  /** Whether it acts on one more connection; then that counts. */
  readonly takeConnection: () => boolean
  /** Lets go what it holds, and what comes. */
  readonly release: (because?: GateOutcome) => void
  /** Ends it: it lets go what it holds and matches nothing any more. */
  readonly end: () => void
}

const PASS: Fate = { kind: 'pass' }

export function createLiveRule(spec: RuleSpec, { consult, countBlocked, countWaiting, commands, changed }: RuleHost): LiveRule {
  const { match, action, times = Infinity, skip, connection } = spec
  let seen = 0
  let applied = 0
  let connections = 0
  let hasEnded = false
  const passed: MatchSubject[] = []
  const gate = createGate({
    parties: action.kind === 'hold' ? action.parties : undefined,
    deadlineMs: action.kind === 'hold' ? action.deadlineMs : MAX_TIMEOUT_MS,
    countBlocked,
  })

  const act = (exchange: LiveExchange): Fate | Promise<Fate> | undefined => {
    if (action.kind === 'outage' && !isMeant(action, exchange)) return undefined
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

  const isMeant = ({ store, mode }: Extract<RuleSpec['action'], { kind: 'outage' }>, exchange: LiveExchange): boolean =>
    exchange.store === store &&
    !CONNECTION_MODES.has(mode) &&
    (exchange.store === 'postgres' || refusesCommand(mode, commands, exchange.args))

  const wait = async (exchange: LiveExchange, until: Promise<void>): Promise<Fate> => {
    const from = performance.now()
    if (action.kind === 'outage') exchange.steered = 'held by an outage'
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
      case 'outage': {
        if (action.mode === 'hang') return gate.isOpen() ? undefined : wait(exchange, gate.arrive())
        exchange.steered = action.mode === 'reset' ? 'reset by an outage' : 'answered by an outage'
        const answer = outageAnswer(action.mode)
        return answer === undefined ? { kind: 'reset' } : { kind: 'answer', answer }
      }
      case 'refuse':
      case 'throttle':
      default:
        // Those act on connections, not on requests.
        return undefined
    }
  }

  return {
    spec,
    state: () => ({
      seen,
      applied,
      connections,
      holding: gate.holding(),
      waiting: countWaiting(),
      outcome: gate.outcome(),
      passed: [...passed],
    }),
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
    takeConnection: () => {
      seen += 1
      if (hasEnded || seen <= skip || applied >= times || gate.isOpen()) return false
      applied += 1
      connections += 1
      changed()
      return true
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
