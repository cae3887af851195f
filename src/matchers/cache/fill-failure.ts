import { plural } from '../../primitives/plural.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { Command, RecordedEvent } from '../../wire/recording/recording.js'
import { nameEvent } from './effect-text.js'
import type { GivenLife } from './given-life.js'
import type { FindSources } from './key-source.js'
import { firstMiss, type KeyChange, type KeyStory } from './key-story.js'
import { lifeAfter, lifeName } from './miss-cause.js'
import type { WantedLife } from './ttl-bounds.js'

/** What became of one key that should be filled: looked up, missed, loaded with SQL, written once with a TTL. */
export interface FillFinding {
  readonly key: string
  /** Undefined: it was filled in order. Made when it is printed: there may be thousands. */
  readonly failure: (() => string) | undefined
  /** What it is not possible to say. */
  readonly unknown: string | undefined
  readonly events: readonly RecordedEvent[]
  /** `TTL 5 min` */
  readonly life: string
}

/** Follows one key along the timeline. */
export function judgeFill(story: KeyStory, findSources: FindSources, wanted: WantedLife): FillFinding {
  const { key, readers, changes, scripts } = story
  const writes = changes.filter(({ kind }) => kind === 'overwritten')
  const fail: Fail = (failure, events, unknown) => ({ key, failure, unknown, events, life: '' })
  const missed = firstMiss(story)
  const [firstWrite] = writes
  if (readers.length === 0) {
    if (firstWrite === undefined) return fail(() => 'never looked up', [...scripts])
    return fail(() => `written by ${at(firstWrite)} without a lookup before`, [firstWrite.command])
  }
  if (missed === undefined) {
    return fail(() => `already there: ${plural(story.lookups.length, 'hit')}, no miss`, readers.slice(0, 2))
  }
  const write = writes.find((one) => one.at > missed.start || one.command === missed)
  const sources = findSources(key, missed.end ?? missed.start, write?.at ?? Infinity)
  if (write === undefined) return unwritten(missed, { story, sources, findSources, fail })
  const [source] = sources
  const chain = [missed, ...(source === undefined ? [] : [source]), write.command]
  if (source === undefined) {
    const late = findSources(key, write.at, Infinity)[0]
    if (late !== undefined)
      return fail(
        () => `written by ${at(write)} before its source was asked by ${nameEvent(late)} at ${formatMs(late.startMs)}`,
        [...chain, late],
      )
    return fail(() => `written by ${at(write)} without a statement since the miss`, chain)
  }
  if ((source.end ?? Infinity) > write.at) {
    return fail(() => `written by ${at(write)} before ${nameEvent(source)} was answered`, chain)
  }
  const fills = countFills(writes, story, missed)
  if (fills.length > 1) {
    return fail(
      () => `written ${fills.length} times, expected once: ${fills.slice(0, 3).map(at).join(', ')}`,
      [missed, source, ...fills.slice(0, 3).map(({ command }) => command)],
    )
  }
  return judgeLife(lifeAfter(story, write), { write, chain, key, wanted, fail })
}

type Fail = (failure: () => string, events: readonly RecordedEvent[], unknown?: string) => FillFinding

function judgeLife(
  life: GivenLife | undefined,
  {
    write,
    chain,
    key,
    wanted,
    fail,
  }: {
    readonly write: KeyChange
    readonly chain: readonly RecordedEvent[]
    readonly key: string
    readonly wanted: WantedLife
    readonly fail: Fail
  },
): FillFinding {
  if (life === 'unknown') return fail(() => `written by ${at(write)}`, chain, 'its TTL is that of another key')
  if (typeof life !== 'number') return fail(() => `written by ${at(write)} without a TTL: it stays for ever`, chain)
  if (!wanted.holds(life)) return fail(() => `written by ${at(write)} with ${lifeName(life)}, expected a TTL${wanted.label}`, chain)
  return { key, failure: undefined, unknown: undefined, events: chain, life: lifeName(life) }
}

/** Why nothing was written after a miss. */
function unwritten(
  missed: Command,
  {
    story,
    sources,
    findSources,
    fail,
  }: { readonly story: KeyStory; readonly sources: ReturnType<FindSources>; readonly findSources: FindSources; readonly fail: Fail },
): FillFinding {
  const { key, scripts, changes } = story
  const script = scripts.find(({ start }) => start > missed.start)
  if (script !== undefined)
    return fail(() => `missed at ${formatMs(missed.startMs)}`, [missed, script], `${script.name} had it among its keys`)
  const early = changes.findLast(({ kind, at: position }) => kind === 'overwritten' && position < missed.start)
  const [source] = sources.length > 0 ? sources : findSources(key, missed.end ?? missed.start, Infinity)
  const missText = `missed at ${formatMs(missed.startMs)}`
  if (source === undefined) {
    if (early !== undefined) return fail(() => `written by ${at(early)}, and ${missText} after that`, [early.command, missed])
    return fail(() => `${missText}, then neither a statement nor a write followed`, [missed])
  }
  const rows = source.error === undefined ? plural(source.rows, 'row') : `failed with ${source.error.code}`
  const absent = source.error === undefined && source.rows === 0 ? ': its source has nothing either' : ''
  return fail(() => `${missText}, loaded by ${nameEvent(source)} → ${rows}, and not written${absent}`, [missed, source])
}

/** Writes of parts of one value (HSET by HSET, RPUSH by RPUSH) on one connection, without a lookup in between, are one fill. */
function countFills(writes: readonly KeyChange[], { readers }: KeyStory, missed: Command): readonly KeyChange[] {
  const fills: KeyChange[] = []
  let last: KeyChange | undefined
  for (const write of writes) {
    if (write.at < missed.start) continue
    const since = last
    last = write
    const isPart =
      since !== undefined &&
      since.life === undefined &&
      write.life === undefined &&
      isPartial(write.command) &&
      since.command.connection === write.command.connection
    if (isPart && !readers.some(({ start }) => start > since.at && start < write.at)) continue
    fills.push(write)
  }
  return fills
}

function isPartial({ name }: Command): boolean {
  return /^(?:H(?:SET|MSET)|[RL]PUSH|SADD|ZADD|XADD|APPEND|SETRANGE)$/.test(name)
}

function at({ command, atMs }: KeyChange): string {
  return `${nameEvent(command)} at ${formatMs(atMs)}`
}
