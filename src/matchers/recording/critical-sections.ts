import { matcherOf, type Match } from '../../wire/match.js'
import type { Command, Recording, Statement } from '../../wire/recording/recording.js'
import type { Interval } from './intervals.js'

/** What is done between taking a lock and giving it back. */
export interface CriticalSection {
  /** Takes the lock: `'SET lock:*'`, `'SELECT pg_advisory_lock'`, `{ sql: /for update/i }`. */
  readonly acquire: Match
  /** Gives it back: `'DEL lock:*'`, `{ redis: 'EVALSHA', key: 'lock:*' }`, `'COMMIT'`. */
  readonly release: Match
}

/** Locks are of the stores; a call of an upstream takes none. */
type StoreEvent = Statement | Command

/** One that was entered: from the reply that gave the lock until it was asked to take it back. */
export interface EnteredSection extends Interval {
  readonly acquired: StoreEvent
  readonly released: StoreEvent | undefined
  /** Which lock: its key, or the text and values of the statement. */
  readonly lock: string
}

/**
 * Sections in the order in which they were entered. A lock that was not given (nil, 0, false, an error) is none. Who gives it back:
 *
 * - of Redis, whose value (the token) is among the words of the release, a script's too; without a token the section of the same connection,
 *   else the oldest of that key.
 * - of Postgres, the connection that took it.
 */
export function findSections(recording: Recording, { acquire, release }: CriticalSection): readonly EnteredSection[] {
  const isAcquire = matcherOf(acquire, 'acquire')
  const isRelease = matcherOf(release, 'release')
  const changes: { readonly at: number; readonly event: StoreEvent; readonly isEntry: boolean }[] = []
  for (const event of recording.timeline) {
    if (event.store === 'upstream') continue
    if (isAcquire(event)) {
      if (event.end !== undefined && wasGiven(event)) changes.push({ at: event.end, event, isEntry: true })
    } else if (isRelease(event)) changes.push({ at: event.start, event, isEntry: false })
  }
  const open = new Map<string, Set<Open>>()
  const sections: EnteredSection[] = []
  for (const { at, event, isEntry } of changes.toSorted((a, b) => a.at - b.at)) {
    if (isEntry) {
      const section: Open = { from: at, to: Infinity, acquired: event, released: undefined, lock: lockOf(event) }
      sections.push(section)
      const holder = holderOf(event)
      const others = open.get(holder)
      if (others === undefined) open.set(holder, new Set([section]))
      else others.add(section)
      continue
    }
    for (const holder of event.store === 'postgres' ? [holderOf(event)] : event.keys) {
      const held = open.get(holder)
      if (held === undefined || held.size === 0) continue
      for (const section of endedBy(event, held)) {
        section.to = at
        section.released = event
        held.delete(section)
      }
    }
  }
  return sections
}

type Open = { -readonly [Name in keyof EnteredSection]: EnteredSection[Name] }

/** Under which name those are kept that a release may end: a key, or a connection to Postgres. */
function holderOf(event: StoreEvent): string {
  return event.store === 'redis' ? lockOf(event) : `connection ${event.connection}`
}

function wasGiven(event: StoreEvent): boolean {
  if (event.error !== undefined) return false
  if (event.store === 'postgres') return event.tag !== undefined
  const { reply } = event
  return reply !== undefined && reply.kind !== 'null' && reply.text !== '0' && reply.text !== 'false'
}

function lockOf(event: StoreEvent): string {
  if (event.store === 'redis') return event.keys[0] ?? event.name
  return event.values.length > 0 ? `${event.shape} ${JSON.stringify(event.values)}` : event.sql
}

/** A statement ends every section of its connection, a command one of its key. */
function endedBy(event: StoreEvent, held: ReadonlySet<Open>): readonly Open[] {
  const all = [...held]
  if (event.store === 'postgres') return all
  const words = event.args.slice(1).filter((word) => !event.keys.includes(word))
  const byToken = words.length === 0 ? undefined : all.find(({ acquired }) => tokensOf(acquired).some((token) => words.includes(token)))
  if (byToken !== undefined) return [byToken]
  // A script is given the token; one that does not hold the lock changes nothing.
  if (event.isScript && words.length > 2) return []
  const own = all.find(({ acquired }) => acquired.connection === event.connection) ?? all[0]
  return own === undefined ? [] : [own]
}

/** Words that may tell one holder from another: the value of SET, the arguments of a script; no options, no numbers as small as those. */
function tokensOf(acquired: StoreEvent): readonly string[] {
  if (acquired.store === 'postgres') return []
  const { args, keys } = acquired
  return args.slice(1).filter((word) => word.length >= 4 && !keys.includes(word) && !/^\d{1,9}$/.test(word))
}
