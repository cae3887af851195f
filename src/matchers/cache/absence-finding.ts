import { readCommittedWrites, type CommittedWrite } from '../../wire/recording/committed-writes.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { Command, Recording, RecordedEvent, Statement } from '../../wire/recording/recording.js'
import { nameEvent } from './effect-text.js'
import { readKeyStories, type KeyLookup, type KeyStory } from './key-story.js'
import { createMissExplainer, type ExplainMiss } from './miss-cause.js'
import { partsOfKey, valuesOf } from './statement-ids.js'

/** What became of one id that is not there. */
export interface AbsenceFinding {
  /** `nobody@example.com` */
  readonly id: string
  /**
   * - `kept`: asked for again, and Postgres was not.
   * - `asked`: Postgres was asked again. `stale`: the absence was still told after the row had been written.
   * - `once`: nothing shows that it was asked for again.
   */
  readonly state: 'kept' | 'asked' | 'stale' | 'once'
  /** Made when it is printed. */
  readonly text: () => string
  readonly events: readonly RecordedEvent[]
  /** How often Postgres was asked. */
  readonly times: number
}

/** Follows each absent id: the statements that asked for it, and the keys that have it as a part. `empty` are the statements that found nothing. */
export function findAbsences(recording: Recording, empty: readonly Statement[], isAskedAgain: boolean): readonly AbsenceFinding[] {
  const groups = groupByValues(empty)
  const ids = new Set([...groups.values()].flatMap(([first]) => (first === undefined ? [] : valuesOf(first))))
  const stories = readKeyStories(recording, createKeyTest(ids))
  const byPart = new Map<string, KeyStory[]>()
  for (const story of stories.values())
    for (const part of new Set(partsOfKey(story.key))) if (ids.has(part)) byPart.set(part, [...(byPart.get(part) ?? []), story])
  const explain = createMissExplainer(recording)
  const writes = indexWrites(readCommittedWrites(recording.statements), ids)
  return [...groups.values()].flatMap((asked): readonly AbsenceFinding[] => {
    const [first] = asked
    if (first === undefined) return []
    const values = valuesOf(first)
    const own = [...new Set(values.flatMap((value) => byPart.get(value) ?? []))]
    return [
      judge({
        id: values.join(', '),
        asked,
        first,
        stories: own,
        writes: [...new Set(values.flatMap((value) => writes.get(value) ?? []))],
        explain,
        isAskedAgain,
      }),
    ]
  })
}

/** Keys come again and again. */
function createKeyTest(ids: ReadonlySet<string>): (key: string) => boolean {
  const known = new Map<string, boolean>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const has = partsOfKey(key).some((part) => ids.has(part))
    known.set(key, has)
    return has
  }
}

interface Absence {
  readonly id: string
  readonly first: Statement
  readonly asked: readonly Statement[]
  readonly stories: readonly KeyStory[]
  readonly writes: readonly CommittedWrite[]
  readonly explain: ExplainMiss
  readonly isAskedAgain: boolean
}

function judge({ id, first, asked, stories, writes, explain, isAskedAgain }: Absence): AbsenceFinding {
  const answered = first.end ?? first.start
  const finding = (state: AbsenceFinding['state'], text: () => string, events: readonly RecordedEvent[]): AbsenceFinding => ({
    id,
    state,
    text,
    events: [...new Set(events)].toSorted((a, b) => a.start - b.start),
    times: asked.length,
  })
  // One that was under way when the first was answered could not know of it: that is a stampede.
  const again = asked.filter(({ start }) => start > answered && !hasReason({ position: start, answered }, stories, explain))
  if (again.length > 0) {
    const why = stories.flatMap((story) => missesBefore(story, again[0]?.start ?? 0).map((miss) => explain(story, miss)))[0]
    const fallback = stories.some(({ lookups }) => lookups.length > 0)
      ? 'nothing was written for it'
      : 'nothing was looked up in Redis with this id'
    return finding('asked', () => `asked for ${asked.length}× (${why?.text ?? fallback})`, [
      first,
      ...again.slice(0, 2),
      ...(why?.events ?? []),
    ])
  }
  const stale = findStale(stories, writes, answered)
  if (stale !== undefined) {
    const { hit, write } = stale
    const text = (): string => `still told from ${hit.lookup.key} at ${formatMs(hit.command.startMs)}, after ${nameEvent(write.statement)}`
    return finding('stale', text, [first, write.statement, write.commit, hit.command])
  }
  const hit = stories.flatMap(({ lookups }) => lookups.filter((one) => one.lookup.outcome === 'hit' && one.command.start > answered))[0]
  if (hit !== undefined)
    return finding('kept', () => `then told from ${hit.lookup.key} at ${formatMs(hit.command.startMs)}`, [first, hit.command])
  return finding(isAskedAgain ? 'kept' : 'once', () => 'asked for once', [first])
}

/**
 * Absence need not be remembered beyond its life, or when somebody has taken it away; and who looked it up before the first answer was there asks
 * for it, however late it gets a connection.
 */
function hasReason(
  { position, answered }: { readonly position: number; readonly answered: number },
  stories: readonly KeyStory[],
  explain: ExplainMiss,
): boolean {
  return stories.some((story) =>
    missesBefore(story, position).some(
      (miss) => miss.command.start < answered || ['expired', 'invalidated'].includes(kindBefore(story, miss, explain)),
    ),
  )
}

function kindBefore(story: KeyStory, miss: KeyLookup, explain: ExplainMiss): string {
  const { kind, text } = explain(story, miss)
  // What was absent again says first why it was not known.
  return kind === 'absent' ? (text.split(' ', 1)[0]?.replace(':', '') ?? kind) : kind
}

/** The last miss that led to a statement. */
function missesBefore({ lookups }: KeyStory, position: number): readonly KeyLookup[] {
  const last = lookups.findLast(({ command, lookup }) => command.start < position && lookup.outcome === 'miss')
  return last === undefined ? [] : [last]
}

function findStale(
  stories: readonly KeyStory[],
  writes: readonly CommittedWrite[],
  from: number,
): { readonly hit: KeyLookup; readonly write: CommittedWrite } | undefined {
  for (const write of writes) {
    if (write.wroteFrom < from) continue
    for (const { lookups, changes } of stories) {
      const filled = changes.some(({ kind, at }) => kind === 'overwritten' && at > from && at < write.wroteFrom)
      const hit = lookups.find(({ command, lookup }) => lookup.outcome === 'hit' && command.start > write.committedAt)
      const isChanged = (command: Command): boolean =>
        changes.some(({ kind, at }) => kind !== undefined && at > write.wroteFrom && at < command.start)
      if (filled && hit !== undefined && !isChanged(hit.command)) return { hit, write }
    }
  }
  return undefined
}

function indexWrites(writes: readonly CommittedWrite[], ids: ReadonlySet<string>): ReadonlyMap<string, readonly CommittedWrite[]> {
  const index = new Map<string, CommittedWrite[]>()
  for (const write of writes) {
    for (const value of valuesOf(write.statement)) {
      if (!ids.has(value)) continue
      const list = index.get(value)
      if (list === undefined) index.set(value, [write])
      else list.push(write)
    }
  }
  return index
}

function groupByValues(statements: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> {
  const groups = new Map<string, Statement[]>()
  for (const statement of statements) {
    const key = `${statement.shape}\n${JSON.stringify(valuesOf(statement))}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [statement])
    else group.push(statement)
  }
  return groups
}
