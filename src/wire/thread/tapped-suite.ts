import { mayCommit } from '../commits.js'
import type { ConnectionTraffic } from '../exchange.js'
import { createTapClock } from '../redis/clock/tap-clock.js'
import type { CommandEntry } from '../redis/command-table.js'
import { createChanges } from './changes.js'
import { createCommitTurnstile, type CommitTurnstile } from './commit-turnstile.js'
import { createConnectionLog } from './connection-log.js'
import { createConnectionRules } from './connection-rules.js'
import { describeLink, describeSentAway } from './describe-link.js'
import { isAsking } from './is-asking.js'
import { createLinkProtocols } from './link-protocols.js'
import { createLeavingVerbs } from './leaving-verbs.js'
import { createLeftovers } from './leftovers.js'
import type { LiveRule } from './live-rule.js'
import { openLink, type Link } from './link.js'
import type { LinkHost } from './link-host.js'
import { createStepping } from './stepping-verbs.js'
import type { LiveEvent, LiveExchange } from '../conversation.js'
import { createMeters } from './meters.js'
import { pauseLinks } from './pause-links.js'
import { createFreshSessions } from './fresh-sessions.js'
import { createLogMarks } from './log-marks.js'
import { createReplayHolds } from './replay-holds.js'
import { createProgress } from './progress.js'
import { createUnfinishedWork } from './unfinished-work.js'
import { untilQuiet } from './until-quiet.js'
import { createRuleDecision, createRuleVerbs } from './rule-verbs.js'
import { openSuitePorts } from './suite-ports.js'
import { createUpstreams } from './upstreams.js'
import type { SuiteHost, SuiteTargets, TappedSuite } from './suite-verbs.js'
import { openUnreadLink, type UnreadLink } from './unread-link.js'
import type { Window } from './window.js'
import { createWindowVerbs } from './window-verbs.js'

export async function openTappedSuite(targets: SuiteTargets, host: SuiteHost): Promise<TappedSuite> {
  const commandTable = new Map<string, CommandEntry>()
  const clock = createTapClock()
  const protocols = createLinkProtocols(commandTable, clock)
  const links = new Map<number, Link>()
  const unread = new Set<UnreadLink>()
  const windows = new Map<number, Window>()
  const rules = new Map<number, LiveRule>()
  const log = createConnectionLog()
  const isGuarded = targets.redisTenant !== undefined
  let position = 0
  let passing = 0
  let isRedisPaused = false
  let lastLink = 0
  let lastNumber = 0
  let lastTrafficMs = 0
  /** What began last, when a run that goes step by step decides about it. */
  let steered: LiveExchange | undefined
  let turnstile: CommitTurnstile | undefined
  const meters = createMeters(
    (store) => linksOf(store).length,
    () => lastLink,
  )
  const { changed, until } = createChanges()
  const progress = createProgress()
  const fresh = createFreshSessions(changed)
  const connectionRules = createConnectionRules({
    rules,
    links: () => links.values(),
    refuse: (store, role) => ports.refuse(store, role),
    accept: (store, role) => ports.accept(store, role),
    roleOf: (server) => ports.roleOf(server),
    refuseUpstream: (match, isOn) => upstreams.refuse(match, isOn),
    letIn: (link) => link.setPaused(link.store === 'redis' && isRedisPaused),
  })
  const work = createUnfinishedWork({ links: () => links.values(), until, changed })
  const next = (): number => (position += 1)

  const admit = (event: LiveEvent): void => {
    event.start = next()
    event.startMs = lastTrafficMs = performance.now()
    progress.note(event)
    work.note(event)
    if (event.store !== 'upstream') meters.begin(event)
    for (const window of windows.values()) window.add(event)
  }

  const ended = (event: LiveEvent): void => {
    const earlierMs = event.endMs
    event.end = next()
    event.endMs = lastTrafficMs = performance.now()
    work.noteEnd(event)
    if (event.store !== 'upstream') meters.end(event, earlierMs)
    for (const window of windows.values()) window.end(event)
  }

  const decideByRules = createRuleDecision(rules, targets.redisTenant)
  const decide: LinkHost['decide'] = (exchange, link) => {
    const fate = decideByRules(exchange)
    if (steered === exchange) {
      if (fate === undefined) return stepping.current()?.hold(exchange, link)
      admit(exchange)
    }
    work.noteFate(fate)
    if (turnstile === undefined) return fate
    const { enter } = turnstile
    return fate instanceof Promise ? fate.then((decided) => enter(exchange, link, decided) ?? decided) : enter(exchange, link, fate)
  }
  const holds = createReplayHolds()
  const { replicas = [] } = targets
  const logMarks = createLogMarks({
    isOn: () => replicas.length > 0 && windows.size > 0 && stepping.current() === undefined,
    readLog: host.readLog,
    commands: commandTable,
  })

  const linkHost: LinkHost = {
    isWatched: () =>
      isGuarded || windows.size > 0 || rules.size > 0 || meters.isOpen() || work.isWatched() || stepping.current() !== undefined,
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
      if (exchange.store === 'postgres' && link.replica !== undefined) {
        exchange.server = ports.roleOf(link)
        exchange.replica = link.replica
      }
      fresh.over(link.id)
      steered = stepping.current()?.steers(exchange, link) === true ? exchange : undefined
      if (steered === undefined) admit(exchange)
    },
    end: (exchange, link) => {
      ended(exchange)
      const isSettled = link.conversation.isSettled(exchange)
      const looked = isSettled ? turnstile?.leave(exchange, link) : undefined
      const marked = isSettled ? logMarks.after(exchange, link) : undefined
      changed()
      return looked === undefined || marked === undefined ? (looked ?? marked) : Promise.all([looked, marked]).then(() => {})
    },
    decide: (exchange, link) => logMarks.before(exchange, link, decide(exchange, link)),
    refused: meters.refused,
    author: () => stepping.current()?.author(),
    told: () => stepping.current()?.told(),
    refuseSession: (link) => connectionRules.refuseSession(link),
    closed: (link) => {
      links.delete(link.id)
      fresh.over(link.id)
      meters.closed(link.store, link.id)
      stepping.current()?.closed(link)
      for (const window of windows.values()) window.forget(link.id)
      connectionRules.closed(link)
      if (windows.size > 0) log.closed(describeLink(link, log.openedAt(link.id), next(), connectionRules.steered(link)))
      else log.forget(link.id)
      turnstile?.forget(link)
      changed()
    },
  }

  const ports = await openSuitePorts(targets, (server, instance, client, dial) => {
    const { store } = server
    const sentAway = connectionRules.sendAway(server, client)
    if (sentAway === undefined && passing > 0) {
      unread.add(openUnreadLink(client, dial(), (link) => void unread.delete(link)))
      return
    }
    const name = { id: (lastLink += 1), instance, ...server }
    lastTrafficMs = performance.now()
    progress.noteConnection()
    if (sentAway !== undefined) {
      if (sentAway.refusal !== undefined) meters.refused(store, sentAway.refusal.code)
      if (windows.size > 0) log.closed(describeSentAway(name, next(), sentAway))
      return
    }
    const link = openLink(name, client, dial(), protocols[store], linkHost)
    links.set(link.id, link)
    meters.opened(store)
    if (store === 'redis' && isRedisPaused) link.setPaused(true)
    if (windows.size > 0) {
      log.opened(link.id, next())
      if (store === 'postgres') fresh.opened(link.id)
    }
    connectionRules.opened(link)
  })

  const upstreams = createUpstreams({
    connected: () => (passing > 0 ? undefined : (lastLink += 1)),
    admit,
    decide: decideByRules,
    ended: (call) => {
      ended(call)
      changed()
    },
    askUpstream: host.askUpstream,
  })

  const connections = (): ConnectionTraffic[] => [
    ...log.gone(),
    ...[...links.values()].map((link) => describeLink(link, log.openedAt(link.id), undefined, connectionRules.steered(link))),
  ]

  const linksOf = (store: Link['store']): readonly Link[] => [...links.values()].filter((link) => link.store === store)
  /** Whoever connects has something to ask. */
  const isConnecting = (): boolean => fresh.any() || [...links.values()].some(({ conversation }) => conversation.isStarting())

  const { findBlocked } = host
  const stepping = createStepping({ commands: commandTable, links: () => links.values(), findBlocked, admit, until, changed })

  const countBlocked = async (asked: readonly Link[]): Promise<number> => {
    const processIds = asked.flatMap((link) => link.conversation.description().processId ?? [])
    return processIds.length === 0 ? 0 : (await host.findBlocked(processIds)).length
  }

  const ruleVerbs = createRuleVerbs({
    rules,
    connectionRules,
    nextNumber: () => (lastNumber += 1),
    consult: host.consult,
    countBlocked: () => countBlocked(linksOf('postgres').filter(isAsking)),
    commands: commandTable,
    changed,
    until,
  })

  const leaving = createLeavingVerbs({ links: () => links.values(), until })
  const windowVerbs = createWindowVerbs({
    windows,
    letLeave: leaving.letLeave,
    nextNumber: () => (lastNumber += 1),
    offsetMs: clock.offsetMs,
    held: () => [...rules.values()].reduce((count, rule) => count + rule.state().holding, 0),
    isConnecting,
    lastTrafficMs: () => lastTrafficMs,
    connections,
    connectionsSeen: () => lastLink,
    replicas: replicas.length,
    holds,
    lastClosed: log.clear,
    until,
  })

  return {
    ports: ports.numbers,
    addPorts: ports.add,
    connections,
    ...stepping.verbs,
    ...work.verbs,
    ...ruleVerbs,
    openUpstream: upstreams.open,
    closeUpstream: upstreams.close,
    ...meters.verbs,
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
      else for (const link of linksOf('redis')) if (!connectionRules.isHeld(link)) link.setPaused(false)
    },
    untranslated: clock.untranslated,
    ...leaving,
    ...createLeftovers({ links: () => links.values(), rules, until }),
    ...windowVerbs,
    setReplayHeld: (held) => holds.set(held, next()),
    promote: ports.promote,
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
      const isAsked = (): boolean => isConnecting() || upstreams.isAsked() || [...links.values()].some(isAsking)
      await untilQuiet({ until, isAsked, quietMs: progress.quietMs }, quietMs, deadlineMs)
      return progress.count()
    },
    setDown: ports.setDown,
    close: () => {
      turnstile?.end()
      ports.close()
      upstreams.closeAll()
      for (const rule of rules.values()) rule.end()
      for (const link of [...links.values(), ...unread]) link.retire()
      links.clear()
    },
  }
}
