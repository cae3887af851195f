import { mayCommit } from '../commits.js'
import type { ConnectionTraffic } from '../exchange.js'
import { ruleText, type RuleSpec } from '../rule.js'
import { createTapClock } from '../redis/clock/tap-clock.js'
import type { CommandEntry } from '../redis/command-table.js'
import { createChanges } from './changes.js'
import { createCommitTurnstile, type CommitTurnstile } from './commit-turnstile.js'
import { describeLink } from './describe-link.js'
import { createLinkProtocols } from './link-protocols.js'
import { createLiveRule, type LiveRule } from './live-rule.js'
import { openLink, type Link } from './link.js'
import type { LinkHost } from './link-host.js'
import { createStepping } from './stepping-verbs.js'
import type { LiveExchange } from '../conversation.js'
import { pauseLinks } from './pause-links.js'
import { createProgress } from './progress.js'
import { untilQuiet } from './until-quiet.js'
import { openStorePort, type StorePort } from './store-port.js'
import type { SuiteHost, SuiteTargets, TappedSuite } from './suite-verbs.js'
import { openUnreadLink, type UnreadLink } from './unread-link.js'
import { openWindow, type Window } from './window.js'

/** A statement that runs longer is not waited for. */
const BUSY_MS = 500
/** A server that is busy with what a client has left is not waited for. */
const LEAVE_MS = 100

export async function openTappedSuite(targets: SuiteTargets, host: SuiteHost): Promise<TappedSuite> {
  const commandTable = new Map<string, CommandEntry>()
  const clock = createTapClock()
  const protocols = createLinkProtocols(commandTable, clock)
  const links = new Map<number, Link>()
  const unread = new Set<UnreadLink>()
  const windows = new Map<number, Window>()
  const rules = new Map<number, LiveRule>()
  /** What the windows that are open have seen of each connection, those that have gone too. */
  const seen = new Map<number, { openedAt: number | undefined; closed: ConnectionTraffic | undefined }>()
  let position = 0
  let passing = 0
  let isRedisPaused = false
  const down = new Set<Link['store']>()
  let lastLink = 0
  let lastNumber = 0
  let lastTrafficMs = 0
  /** What began last, when a run that goes step by step decides about it. */
  let steered: LiveExchange | undefined
  let turnstile: CommitTurnstile | undefined
  const { changed, until } = createChanges()
  const progress = createProgress()
  const next = (): number => (position += 1)

  const admit = (exchange: LiveExchange): void => {
    exchange.start = next()
    exchange.startMs = lastTrafficMs = performance.now()
    progress.note(exchange)
    for (const window of windows.values()) window.add(exchange)
  }

  const decideByRules: LinkHost['decide'] = (exchange, link) => {
    for (const rule of rules.values()) {
      const fate = rule.decide(exchange, link)
      if (fate !== undefined) return fate
    }
    return undefined
  }

  const linkHost: LinkHost = {
    isWatched: () => windows.size > 0 || rules.size > 0 || stepping.current() !== undefined,
    wantsPlans: () => {
      for (const window of windows.values()) if (window.isPlanned) return true
      return false
    },
    ready: () => {
      lastTrafficMs = performance.now()
      changed()
    },
    begin: (exchange, link) => {
      exchange.connection = link.id
      steered = stepping.current()?.steers(exchange, link) === true ? exchange : undefined
      if (steered === undefined) admit(exchange)
    },
    end: (exchange, link) => {
      exchange.end = next()
      exchange.endMs = lastTrafficMs = performance.now()
      for (const window of windows.values()) window.end(exchange)
      const looked = link.conversation.isSettled(exchange) ? turnstile?.leave(exchange, link) : undefined
      changed()
      return looked
    },
    decide: (exchange, link) => {
      const fate = decideByRules(exchange, link)
      if (steered === exchange) {
        if (fate === undefined) return stepping.current()?.hold(exchange, link)
        admit(exchange)
      }
      if (turnstile === undefined) return fate
      const { enter } = turnstile
      return fate instanceof Promise ? fate.then((decided) => enter(exchange, link, decided) ?? decided) : enter(exchange, link, fate)
    },
    author: () => stepping.current()?.author(),
    told: () => stepping.current()?.told(),
    closed: (link) => {
      links.delete(link.id)
      stepping.current()?.closed(link)
      for (const window of windows.values()) window.forget(link.id)
      const openedAt = seen.get(link.id)?.openedAt
      if (windows.size > 0) seen.set(link.id, { openedAt, closed: describeLink(link, openedAt, next()) })
      else seen.delete(link.id)
      turnstile?.forget(link)
      changed()
    },
  }

  const openPort = async (store: 'postgres' | 'redis'): Promise<StorePort | undefined> => {
    const target = targets[store]
    if (target === undefined) return undefined
    return openStorePort(target, (client, server) => {
      if (passing > 0) {
        unread.add(openUnreadLink(client, server, (link) => void unread.delete(link)))
        return
      }
      const link = openLink((lastLink += 1), store, client, server, protocols[store], linkHost)
      links.set(link.id, link)
      if (store === 'redis' && isRedisPaused) link.setPaused(true)
      lastTrafficMs = performance.now()
      progress.noteConnection()
      if (windows.size > 0) seen.set(link.id, { openedAt: next(), closed: undefined })
      for (const { spec } of rules.values())
        if (spec.action.kind === 'throttle' && spec.match === store) link.setPace(spec.action.bytesPerSecond)
    })
  }
  const [postgres, redis] = await Promise.all([openPort('postgres'), openPort('redis')])
  const ports = { postgres, redis }

  const connections = (): ConnectionTraffic[] => [
    ...[...seen.values()].flatMap(({ closed }) => closed ?? []),
    ...[...links.values()].map((link) => describeLink(link, seen.get(link.id)?.openedAt, undefined)),
  ]

  const linksOf = (store: Link['store']): readonly Link[] => [...links.values()].filter((link) => link.store === store)
  /** Whoever connects has something to ask. */
  const isConnecting = (): boolean => [...links.values()].some(({ conversation }) => conversation.isStarting())

  const { findBlocked } = host
  const stepping = createStepping({ commands: commandTable, links: () => links.values(), findBlocked, admit, until, changed })

  /** Waits for its server. */
  const isAsking = (link: Link): boolean => {
    const current = link.conversation.current()
    const isPatient = current?.store === 'redis' && current.isBlocking
    return !link.isHeld() && !isPatient && (link.store === 'redis' ? current !== undefined : link.conversation.isBusy())
  }
  const countBlocked = async (asked: readonly Link[]): Promise<number> => {
    const processIds = asked.flatMap((link) => link.conversation.description().processId ?? [])
    return processIds.length === 0 ? 0 : (await host.findBlocked(processIds)).length
  }

  const findRule = (id: number): LiveRule => {
    const rule = rules.get(id)
    if (rule === undefined) throw new Error(`there is no rule ${id}`)
    return rule
  }

  const applyToConnections = async ({ match, action }: RuleSpec, isOn: boolean): Promise<void> => {
    for (const store of ['postgres', 'redis'] as const) {
      if (match !== store) continue
      if (action.kind === 'refuse') {
        await (isOn ? ports[store]?.refuse() : ports[store]?.accept())
        if (isOn) for (const link of links.values()) if (link.store === store) link.cut('a rule refuses connections')
      } else if (action.kind === 'throttle') {
        for (const link of links.values()) if (link.store === store) link.setPace(isOn ? action.bytesPerSecond : undefined)
      }
    }
  }

  return {
    ports: { postgres: postgres?.port, redis: redis?.port },
    connections,
    ...stepping.verbs,
    passThrough: (isOn) => {
      passing += isOn ? 1 : -1
    },
    setCommandTable: (table) => {
      for (const [name, entry] of table) commandTable.set(name, entry)
    },
    setClockOffset: (offsetMs) => {
      const byMs = offsetMs - clock.offsetMs()
      clock.setOffset(offsetMs)
      if (byMs !== 0) for (const window of windows.values()) window.jump(next(), byMs)
    },
    pauseRedis: async (paused) => {
      isRedisPaused = paused
      if (paused) await pauseLinks(linksOf('redis'))
      else for (const link of linksOf('redis')) link.setPaused(false)
    },
    untranslated: clock.untranslated,
    letLeave: async () => {
      // What a client has sent already is read in the next turn of the event loop.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve))
      await until(() => ![...links.values()].some((link) => link.isLeaving()), LEAVE_MS)
    },
    sessions: () => linksOf('postgres').map(({ id }) => id),
    untilEnded: (sessions) => until(() => !sessions.some((id) => links.has(id)), LEAVE_MS),
    leftovers: async () => {
      // A client may know of an error before the status of its transaction has come.
      await until(() => !linksOf('postgres').some((link) => link.conversation.isBusy()), BUSY_MS)
      return {
        rules: [...rules.values()].map(({ spec }) => ruleText(spec)),
        connections: [...links.values()].map((link) => describeLink(link, undefined, undefined)),
      }
    },
    openWindow: ({ plans }) => {
      const id = (lastNumber += 1)
      const window = openWindow(plans, clock.offsetMs())
      for (const other of windows.values()) {
        other.overlap()
        window.overlap()
      }
      windows.set(id, window)
      return id
    },
    closeWindow: async (id, { settleMs, deadlineMs }) => {
      const window = windows.get(id)
      if (window === undefined) throw new Error(`there is no window ${id}`)
      const asked = performance.now()
      // A request that a rule holds will not be answered before the rule lets it go, and that may be after this.
      const held = (): number => [...rules.values()].reduce((count, rule) => count + rule.state().holding, 0)
      const isAsked = (): boolean => window.unanswered() > held() || isConnecting()
      // What was sent just before is still on its way here.
      const quietMs = (): number => performance.now() - Math.max(lastTrafficMs, asked)
      await untilQuiet({ until, isAsked, quietMs }, settleMs, deadlineMs)
      windows.delete(id)
      const traffic = window.close(connections(), lastLink)
      if (windows.size === 0) seen.clear()
      return traffic
    },
    addRule: async (spec) => {
      const id = (lastNumber += 1)
      rules.set(
        id,
        createLiveRule(spec, {
          consult: (exchange) => host.consult(id, exchange),
          countBlocked: () => countBlocked(linksOf('postgres').filter(isAsking)),
          changed,
        }),
      )
      await applyToConnections(spec, true)
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
      await applyToConnections(rule.spec, false)
      return rule.state()
    },
    watchCommits: (isOn) => {
      turnstile?.end()
      turnstile = isOn
        ? createCommitTurnstile({ mayCommit: (exchange) => mayCommit(exchange, commandTable), look: host.look, countBlocked })
        : undefined
    },
    beginProgress: progress.begin,
    progress: progress.count,
    position: () => position,
    untilQuiet: async (quietMs, deadlineMs) => {
      const isAsked = (): boolean => isConnecting() || [...links.values()].some(isAsking)
      await untilQuiet({ until, isAsked, quietMs: progress.quietMs }, quietMs, deadlineMs)
      return progress.count()
    },
    setDown: async (store, isDown) => {
      if (isDown === down.has(store)) return
      if (isDown) down.add(store)
      else down.delete(store)
      await (isDown ? ports[store]?.refuse() : ports[store]?.accept())
    },
    close: () => {
      turnstile?.end()
      postgres?.close()
      redis?.close()
      for (const rule of rules.values()) rule.end()
      for (const link of [...links.values(), ...unread]) link.retire()
      links.clear()
    },
  }
}
