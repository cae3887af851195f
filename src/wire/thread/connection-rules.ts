import type { Socket } from 'node:net'
import type { ServerRefusal } from '../conversation.js'
import type { OutageMode } from '../outage.js'
import { SERVER_MESSAGES } from '../server-messages.js'
import type { Link } from './link.js'
import type { LiveRule } from './live-rule.js'
import type { PortServer, SuitePorts } from './suite-ports.js'
import type { Upstreams } from './upstreams.js'

type Store = Link['store']

/** What became of a client that was sent away before anything was read of it. */
export interface SentAway {
  /** In words. */
  readonly steered: string
  /** What it was told. */
  readonly refusal: ServerRefusal | undefined
}

/** What live rules do to connections; what they do to requests is in `LiveRule`. */
export interface ConnectionRules {
  /** A client has come. What became of it where a rule has sent it away already. */
  readonly sendAway: (server: PortServer, client: Socket) => SentAway | undefined
  readonly opened: (link: Link) => void
  readonly closed: (link: Link) => void
  /** Why a session may not begin. */
  readonly refuseSession: (link: Link) => ServerRefusal | undefined
  /** The rule is there, or has gone. */
  readonly change: (id: number, rule: LiveRule, isOn: boolean) => Promise<void>
  /** Nothing is read of it until the rule goes. */
  readonly isHeld: (link: Link) => boolean
  /** How many the rule holds. */
  readonly countHeld: (id: number) => number
  /** What an outage did to the connection, in words. */
  readonly steered: (link: Link) => string | undefined
}

export interface ConnectionRulesHost {
  readonly rules: ReadonlyMap<number, LiveRule>
  readonly links: () => Iterable<Link>
  /** All ports of a store refuse connections, until they accept again. */
  readonly refuse: SuitePorts['refuse']
  readonly accept: SuitePorts['accept']
  readonly roleOf: SuitePorts['roleOf']
  /** Upstreams that a rule means refuse connections, or take them again. */
  readonly refuseUpstream: Upstreams['refuse']
  /** The rule does not hold it any more. */
  readonly letIn: (link: Link) => void
}

/** `acceptCommonHandler` (networking.c), which gives no other reason and ends the connection. */
const REDIS_IS_FULL: ServerRefusal = { code: 'ERR', message: 'max number of clients reached' }

export function createConnectionRules({
  rules,
  links,
  refuse: refusePorts,
  accept: acceptPorts,
  roleOf,
  refuseUpstream,
  letIn,
}: ConnectionRulesHost): ConnectionRules {
  /** The links that nothing is read of, and by which rule. */
  const held = new Map<Link, number>()
  const notes = new WeakMap<Link, string>()

  const isMeant = ({ spec }: LiveRule, server: PortServer): boolean => spec.server === undefined || spec.server === roleOf(server)
  /** The rule that is an outage of this store in this mode, and acts on one more connection. */
  const strike = (server: PortServer, mode: OutageMode): number | undefined => {
    for (const [id, rule] of rules) {
      const { match, action } = rule.spec
      if (isMeant(rule, server) && match === server.store && action.kind === 'outage' && action.mode === mode && rule.takeConnection())
        return id
    }
    return undefined
  }

  const refuse = async (store: Store, rule: LiveRule, isOn: boolean): Promise<void> => {
    await (isOn ? refusePorts(store, rule.spec.server) : acceptPorts(store, rule.spec.server))
    if (!isOn) return
    const isOutage = rule.spec.action.kind === 'outage'
    for (const link of links()) {
      if (link.store !== store || !isMeant(rule, link)) continue
      if (isOutage && !rule.takeConnection()) continue
      if (isOutage) notes.set(link, 'ended by an outage')
      link.cut(isOutage ? 'an outage refuses connections' : 'a rule refuses connections')
    }
  }

  return {
    sendAway: (server, client) => {
      if (strike(server, 'reset') !== undefined) {
        client.resetAndDestroy()
        return { steered: 'reset by an outage', refusal: undefined }
      }
      if (server.store === 'postgres' || strike(server, 'too-many-clients') === undefined) return undefined
      client.on('error', () => {})
      client.end(`-${REDIS_IS_FULL.code} ${REDIS_IS_FULL.message}\r\n`)
      // Whatever it has sent meanwhile goes nowhere.
      client.resume()
      return { steered: `refused by an outage: ${REDIS_IS_FULL.code} ${REDIS_IS_FULL.message}`, refusal: REDIS_IS_FULL }
    },
    opened: (link) => {
      for (const rule of rules.values()) {
        const { action, match } = rule.spec
        if (action.kind === 'throttle' && match === link.store && isMeant(rule, link)) link.setPace(action.bytesPerSecond)
      }
      const rule = strike(link, 'hang')
      if (rule === undefined) return
      held.set(link, rule)
      notes.set(link, 'held by an outage')
      link.setPaused(true)
    },
    closed: (link) => void held.delete(link),
    refuseSession: (link) => {
      if (strike(link, 'too-many-clients') === undefined) return undefined
      const message = SERVER_MESSAGES['53300'] ?? ''
      notes.set(link, `refused by an outage: 53300 ${message}`)
      return { code: '53300', message }
    },
    change: async (id, rule, isOn) => {
      const { match, action } = rule.spec
      if (action.kind === 'refuse') await refuseUpstream(match, isOn)
      if (match !== 'postgres' && match !== 'redis') return
      if (action.kind === 'refuse' || (action.kind === 'outage' && action.mode === 'refuse')) await refuse(match, rule, isOn)
      if (action.kind === 'throttle') {
        for (const link of links()) if (link.store === match && isMeant(rule, link)) link.setPace(isOn ? action.bytesPerSecond : undefined)
      }
      if (isOn) return
      for (const [link, by] of held) {
        if (by !== id) continue
        held.delete(link)
        notes.set(link, 'held by an outage, then let in')
        letIn(link)
      }
    },
    isHeld: (link) => held.has(link),
    countHeld: (id) => [...held.values()].filter((by) => by === id).length,
    steered: (link) => notes.get(link),
  }
}
