import { readKeyEffects } from '../../wire/recording/key-effects.js'
import type { Command, Recording } from '../../wire/recording/recording.js'
import type { Lookup } from '../../wire/redis/lookups.js'
import { changesLife, givenLife, type GivenLife } from './given-life.js'

/** One lookup, and the command that made it. */
export interface KeyLookup {
  readonly command: Command
  readonly lookup: Lookup
}

/** What a command did to a key. */
export interface KeyChange {
  readonly command: Command
  /** Undefined: it changed the key's life only. */
  readonly kind: 'removed' | 'overwritten' | undefined
  /** Undefined: the key lives on as before. */
  readonly life: GivenLife | undefined
  /** Position and time at which it was asked for: within MULTI, those of EXEC. */
  readonly at: number
  readonly atMs: number
}

/** All that a recording knows of one key. Each list in the order of the timeline. */
export interface KeyStory {
  readonly key: string
  readonly lookups: readonly KeyLookup[]
  readonly changes: readonly KeyChange[]
  /** Scripts that had it among their keys: what they did to it is not known. */
  readonly scripts: readonly Command[]
}

type Draft = { key: string; lookups: KeyLookup[]; changes: KeyChange[]; scripts: Command[] }

const OF_ALL_KEYS = new Set(['FLUSHDB', 'FLUSHALL', 'SWAPDB', 'EXEC'])

/** The stories of the keys that `has` means, as far as they were looked up, changed or handed to scripts, in one pass. */
export function readKeyStories({ commands, clock }: Recording, has: (key: string) => boolean): ReadonlyMap<string, KeyStory> {
  const stories = new Map<string, Draft>()
  const storyOf = (key: string): Draft => {
    const known = stories.get(key)
    if (known !== undefined) return known
    const story: Draft = { key, lookups: [], changes: [], scripts: [] }
    stories.set(key, story)
    return story
  }
  const changing: Command[] = []
  for (const command of commands) {
    const { lookups, keys } = command
    for (const lookup of lookups) if (has(lookup.key)) storyOf(lookup.key).lookups.push({ command, lookup })
    if (command.isScript) {
      for (const key of keys) if (has(key)) storyOf(key).scripts.push(command)
    } else if (isPlainRead(command)) continue
    else if (OF_ALL_KEYS.has(command.name) || keys.some(has)) changing.push(command)
  }
  const changed = new Set<Command>()
  const flushes: KeyChange[] = []
  for (const { command, key, kind, at, atMs } of readKeyEffects(changing)) {
    changed.add(command)
    const change: KeyChange = { command, kind, life: kind === 'removed' ? undefined : givenLife(command, clock), at, atMs }
    if (key === undefined) flushes.push(change)
    else if (has(key)) storyOf(key).changes.push(change)
  }
  for (const command of changing) {
    const [key] = command.keys
    if (key === undefined || changed.has(command) || !changesLife(command) || !has(key)) continue
    const life = givenLife(command, clock)
    if (life !== undefined) storyOf(key).changes.push({ command, kind: undefined, life, at: command.start, atMs: command.startMs })
  }
  for (const story of stories.values()) {
    story.changes.push(...flushes)
    if (story.changes.length > 1) story.changes.sort((a, b) => a.at - b.at || a.command.start - b.command.start)
  }
  return stories
}

/** What only looks up: most commands. GETEX, GETDEL, GETSET and SET … GET look up as well, and change. */
function isPlainRead({ name, lookups }: Command): boolean {
  return lookups.length > 0 && (name === 'GET' || name === 'MGET' || name === 'HGET' || name === 'HMGET' || name === 'HGETALL')
}
