import { formatDuration } from '../../primitives/duration.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { Command, Recording, RecordedEvent, Statement } from '../../wire/recording/recording.js'
import { nameEvent } from './effect-text.js'
import { aheadBetween, type GivenLife } from './given-life.js'
import { createSourceFinder } from './key-source.js'
import type { KeyChange, KeyLookup, KeyStory } from './key-story.js'
import { createWriteFinder } from './preceding-write.js'

/**
 * Why a lookup missed, as far as the recording knows:
 *
 * - `cold`: nothing in the recording had filled it before.
 * - `expired`: its life was over.
 * - `invalidated`: a command took it away.
 * - `absent`: its source had nothing either, and nothing was written down of that.
 * - `gone`: it was there, and no command seen took it away: evicted for want of memory, or deleted in a script or past the tap.
 */
export interface MissCause {
  readonly kind: 'cold' | 'expired' | 'invalidated' | 'absent' | 'gone'
  /** `invalidated 3.1 ms earlier by DEL product:7, conn 4, after UPDATE products …` */
  readonly text: string
  /** What proves it, the lookup itself among them, in the order of the timeline. */
  readonly events: readonly RecordedEvent[]
}

export type ExplainMiss = (story: KeyStory, miss: KeyLookup) => MissCause

/** Explains the misses of one recording. */
export function createMissExplainer(recording: Recording): ExplainMiss {
  const findSources = createSourceFinder(recording)
  const findWrite = createWriteFinder(recording)
  const { jumps } = recording.clock

  const before = (story: KeyStory, miss: KeyLookup): Omit<MissCause, 'events'> & { readonly events: readonly RecordedEvent[] } => {
    const { command } = miss
    const earlier = story.changes.filter(({ at, command: by }) => at < command.start && by !== command)
    const last = earlier.findLast((change) => change.kind !== undefined && concerns(change, miss))
    const script = story.scripts.findLast(({ start }) => start < command.start && start > (last?.at ?? -1))
    if (last?.kind === 'removed' || (last !== undefined && isFieldRemoval(last.command))) {
      const write = findWrite(last.command)
      const when = `${formatMs(Math.max(0, command.startMs - last.atMs))} earlier`
      return {
        kind: 'invalidated',
        text: `invalidated ${when} by ${nameEvent(last.command)}, conn ${last.command.connection}${write.text}`,
        events: [...write.events, last.command],
      }
    }
    const hit = story.lookups.findLast(
      ({ command: by, lookup }) =>
        by.start < command.start && by.start > (last?.at ?? -1) && lookup.outcome === 'hit' && lookup.field === miss.lookup.field,
    )
    const ahead = aheadBetween(jumps, last?.at ?? hit?.command.start ?? -Infinity, command.start)
    const jumped = ahead > 0 ? `, the clock went ${formatDuration(ahead)} ahead` : ''
    if (last !== undefined) {
      const given = earlier.findLast((change) => change.at >= last.at && change.life !== undefined)
      const life = given?.life ?? inheritedLife(earlier, last)
      const since = given ?? last
      const passedMs = (command.endMs ?? command.startMs) - since.atMs + aheadBetween(jumps, since.at, command.start)
      const events = [last.command, ...(since === last ? [] : [since.command])]
      if (typeof life === 'number' && passedMs >= life) {
        const text = `expired: its TTL of ${formatDuration(life)}, given by ${nameEvent(since.command)} at ${formatMs(since.atMs)}, had passed${jumped}`
        return { kind: 'expired', text, events }
      }
      return {
        kind: 'gone',
        text: `gone: written by ${nameEvent(last.command)} at ${formatMs(last.atMs)}${lifeText(life)}, ${goneBy(script)}`,
        events,
      }
    }
    if (hit !== undefined) {
      const text = `it was there at ${formatMs(hit.command.startMs)}`
      if (ahead > 0) return { kind: 'expired', text: `expired: ${text}${jumped}`, events: [hit.command] }
      return { kind: 'gone', text: `gone: ${text}, ${goneBy(script)}, or its TTL passed`, events: [hit.command] }
    }
    const unknown = script === undefined ? '' : ` as far as is seen: ${scriptText(script)} had the key`
    return {
      kind: 'cold',
      text: ahead > 0 ? `cold, or expired before it was seen${jumped}` : `cold${unknown}`,
      events: script === undefined ? [] : [script],
    }
  }

  return (story, miss) => {
    const { command } = miss
    const cause = before(story, miss)
    const next = story.lookups.find(({ command: by, lookup }) => by.start > command.start && lookup.field === miss.lookup.field)
    const until = next?.command.start ?? Infinity
    const fill = story.changes.find((change) => change.kind === 'overwritten' && change.at > command.start && change.at < until)
    const sources = findSources(story.key, command.end ?? command.start, fill?.at ?? until)
    const events = (more: readonly RecordedEvent[]): readonly RecordedEvent[] =>
      [...new Set([...cause.events, command, ...more])].toSorted((a, b) => a.start - b.start)
    if (fill !== undefined) {
      const life = lifeAfter(story, fill)
      return { ...cause, text: `${cause.text} → filled, ${lifeName(life)}`, events: events([...sources.slice(0, 1), fill.command]) }
    }
    const script = story.scripts.find(({ start }) => start > command.start && start < until)
    if (script !== undefined) return { ...cause, text: `${cause.text} → ${scriptText(script)} had the key`, events: events([script]) }
    const empty = sources.filter(isEmpty)
    if (empty.length > 0 && empty.length === sources.length) {
      const text = `absent: no SET followed; SQL ${empty.length}× ${nameEvent(empty[0] as Statement)} → 0 rows`
      const [first] = cause.kind === 'cold' ? [] : [cause.text]
      return { kind: 'absent', text: first === undefined ? text : `${first}; ${text}`, events: events(empty.slice(0, 2)) }
    }
    return { ...cause, text: `${cause.text} → no SET followed`, events: events(sources.slice(0, 1)) }
  }
}

/** A part of a hash is only concerned by what names it, and by what concerns the whole. */
function concerns({ command, kind }: KeyChange, { lookup }: KeyLookup): boolean {
  if (lookup.field === undefined) return true
  return kind === 'removed' || !command.name.startsWith('H') || command.args.includes(lookup.field)
}

/** HDEL and its like count as writes to the hash: for the field that they name they are its end. */
function isFieldRemoval({ name }: Command): boolean {
  return name === 'HDEL' || name === 'HGETDEL'
}

function isEmpty({ tag, rows, error }: Statement): boolean {
  return error === undefined && tag?.startsWith('SELECT') === true && rows === 0
}

/** What a write that says nothing of it leaves as it was. */
function inheritedLife(changes: readonly KeyChange[], last: KeyChange): GivenLife | undefined {
  for (let at = changes.indexOf(last); at >= 0; at -= 1) {
    const change = changes[at]
    if (change?.kind === 'removed') return undefined
    if (change?.life !== undefined) return change.life
  }
  return undefined
}

/** The life that a fill gave, with an EXPIRE that followed before anything else was written. */
export function lifeAfter({ changes }: KeyStory, fill: KeyChange): GivenLife | undefined {
  const from = changes.indexOf(fill)
  let life = fill.life
  for (const change of changes.slice(from + 1)) {
    if (change.kind === 'removed' || (change.kind === 'overwritten' && change.life !== undefined)) break
    life = change.life ?? life
  }
  return life ?? inheritedLife(changes, fill)
}

/** `TTL 5 min`, `no TTL`. */
export function lifeName(life: GivenLife | undefined): string {
  if (life === 'unknown') return 'with the TTL of another key'
  return typeof life === 'number' ? `TTL ${formatDuration(life)}` : 'no TTL'
}

function lifeText(life: GivenLife | undefined): string {
  return typeof life === 'number' ? ` with ${formatDuration(life)} to live` : ''
}

function goneBy(script: Command | undefined): string {
  if (script !== undefined) return `and then ${scriptText(script)} had the key: what it did to it is not seen`
  return 'no command seen took it away: evicted for want of memory, or deleted in a script or past the tap'
}

function scriptText({ name, startMs }: Command): string {
  return `${name} at ${formatMs(startMs)}`
}
