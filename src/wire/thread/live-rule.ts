import type { LiveEvent } from '../conversation.js'
import { matches, type MatchSubject } from '../match.js'
import { CONNECTION_MODES, outageAnswer, refusesCommand } from '../outage.js'
import type { CommandTable } from '../redis/command-table.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import type { LiveCommand } from '../redis/live-command.js'
import type { GateOutcome, RuleSpec, RuleState } from '../rule.js'
import { createGate } from './gate.js'
import type { Fate } from './fate.js'

export interface RuleHost {
  /** Asks whoever made the rule whether its predicate holds. */
  readonly consult: (event: LiveEvent) => Promise<boolean>
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
  /** Nothing: the rule does not concern this request. `gone`: nobody waits for its answer any more. */
  readonly decide: (event: LiveEvent, gone?: Promise<void>) => Fate | Promise<Fate> | undefined
  /** Whether it acts on one more connection; then that counts. */
  readonly takeConnection: () => boolean
  /** Lets go what it holds, and what comes. */
  readonly release: (because?: GateOutcome) => void
  /** Ends it: it lets go what it holds and matches nothing any more. */
  readonly end: () => void
}

const PASS: Fate = { kind: 'pass' }

export function createLiveRule(spec: RuleSpec, { consult, countBlocked, countWaiting, commands, changed }: RuleHost): LiveRule {
  const { match, action, times = Infinity, skip, connection, server } = spec
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

  const act = (event: LiveEvent, gone?: Promise<void>): Fate | Promise<Fate> | undefined => {
    if (action.kind === 'outage' && !isMeant(action, event)) return undefined
    seen += 1
    if (hasEnded || seen <= skip || applied >= times) {
      changed()
      return undefined
    }
    applied += 1
    const fate = fateOf(event, gone)
    changed()
    return fate
  }

  const isMeant = ({ store, mode }: Extract<RuleSpec['action'], { kind: 'outage' }>, event: LiveEvent): boolean =>
    event.store === store && !CONNECTION_MODES.has(mode) && (event.store === 'postgres' || refusesCommand(mode, commands, event.args))

  const wait = async (event: LiveEvent, until: Promise<void>): Promise<Fate> => {
    const from = performance.now()
    if (action.kind === 'outage') event.steered = 'held by an outage'
    await until
    event.steered = `${action.kind === 'delay' ? 'delayed' : 'held'} ${Math.round(performance.now() - from)} ms`
    changed()
    return PASS
  }

  const fateOf = (event: LiveEvent, gone?: Promise<void>): Fate | Promise<Fate> | undefined => {
    switch (action.kind) {
      case 'hold':
      case 'hang':
        return gate.isOpen() ? undefined : wait(event, gate.arrive(gone))
      case 'delay':
        return wait(event, new Promise((resolve) => void setTimeout(resolve, action.ms)))
      case 'drop':
        event.steered = `dropped ${action.when} the server had it`
        return { kind: 'cut', when: action.when }
      case 'reply':
        // Of a predicate it is not known before what it matches.
        if ('http' in action.answer !== (event.store === 'upstream')) return undefined
        event.steered = 'answered by a rule'
        return { kind: 'answer', answer: action.answer }
      case 'reset':
        event.steered = 'reset'
        return { kind: 'reset' }
      case 'outage': {
        if (action.mode === 'hang') return gate.isOpen() ? undefined : wait(event, gate.arrive())
        event.steered = action.mode === 'reset' ? 'reset by an outage' : 'answered by an outage'
        const answer = outageAnswer(action.mode)
        return answer === undefined ? { kind: 'reset' } : { kind: 'answer', answer }
      }
      case 'truncate':
        if (event.store !== 'upstream') return undefined
        event.steered = `truncated to ${action.bytes} bytes`
        return { kind: 'truncate', bytes: action.bytes }
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
    decide: (event, gone) => {
      if (hasEnded || (connection !== undefined && event.connection !== connection)) return undefined
      if (server !== undefined && (event.store !== 'postgres' || event.server !== server)) return undefined
      if (typeof match === 'string') return match === event.store ? act(event) : undefined
      if ('predicate' in match) {
        return consult(event).then(async (holds) => (holds ? ((await act(event, gone)) ?? PASS) : PASS))
      }
      const subject = subjectOf(event)
      if (matches(match, subject)) return act(event, gone)
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

/** What a match looks at, as plain data. */
export function subjectOf(event: LiveEvent): MatchSubject {
  const { store, connection } = event
  switch (event.store) {
    case 'redis':
      return { store, connection, args: event.args.map(textOfBytes), keys: keysOf(event).map(textOfBytes) }
    case 'upstream':
      return { store, connection, upstream: event.upstream, method: event.method, path: event.path }
    case 'postgres':
    default:
      return { store, connection, sql: event.sql, server: event.server }
  }
}

const KEPT_PASSED = 50
/** The longest that a timer of Node.js takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1
