import { readKeyEffects } from '../../wire/recording/key-effects.js'
import type { Command, Recording } from '../../wire/recording/recording.js'
import { oncePerRecording } from '../recording/once-per-recording.js'
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
  /** The commands that looked it up. */
  readonly readers: readonly Command[]
  /** Of the readers. Made when it is asked for: of thousands of keys most are only counted. */
  readonly lookups: readonly KeyLookup[]
  readonly changes: readonly KeyChange[]
  /** Scripts that had it among their keys: what they did to it is not known. */
  readonly scripts: readonly Command[]
}

interface Draft extends KeyStory {
  readonly readers: Command[]
  readonly changes: KeyChange[]
  readonly scripts: Command[]
  made: readonly KeyLookup[] | undefined
}

/** What stories inherit. */
const LOOKUPS = Object.freeze({
  get lookups(): readonly KeyLookup[] {
    const self = this as unknown as Draft
    self.made ??= self.readers.flatMap((command) =>
      command.lookups.filter(({ key }) => key === self.key).map((lookup): KeyLookup => ({ command, lookup })),
    )
    return self.made
  },
})

const OF_ALL_KEYS = new Set(['FLUSHDB', 'FLUSHALL', 'SWAPDB', 'EXEC'])

const storiesOfAll = oncePerRecording((recording) => readNamedStories(recording, () => true))

/** The stories of the keys that `has` means, which may be most, as far as they were looked up, changed or handed to scripts. */
export function readKeyStories(recording: Recording, has: (key: string) => boolean): ReadonlyMap<string, KeyStory> {
  const stories = new Map<string, KeyStory>()
  for (const [key, story] of storiesOfAll(recording)) if (has(key)) stories.set(key, story)
  return stories
}

/** As `readKeyStories`, where `has` means a few keys of many: in one pass. */
export function readNamedStories({ commands, clock }: Recording, has: (key: string) => boolean): ReadonlyMap<string, KeyStory> {
  const stories = new Map<string, Draft>()
  /** Null for keys that are not meant. They come again and again: each is asked about once. */
  const known = new Map<string, Draft | null>()
  const storyOf = (key: string): Draft | undefined => {
    const before = known.get(key)
    if (before !== undefined) return before ?? undefined
    const story = has(key) ? newStory(key) : undefined
    known.set(key, story ?? null)
    if (story !== undefined) stories.set(key, story)
    return story
  }
  const changing: Command[] = []
  // By index: of a frozen list, for…of makes an object for each element.
  for (let at = 0; at < commands.length; at += 1) {
    const command = commands[at]
    if (command === undefined) continue
    const { lookups, keys } = command
    for (let index = 0; index < lookups.length; index += 1) {
      const readers = storyOf(lookups[index]?.key ?? '')?.readers
      // A command may name a key twice, or several of its fields.
      if (readers !== undefined && (lookups.length === 1 || readers.at(-1) !== command)) readers.push(command)
    }
    if (isPlainRead(command)) continue
    if (command.isScript) for (const key of keys) storyOf(key)?.scripts.push(command)
    else if (OF_ALL_KEYS.has(command.name) || keys.some(has)) changing.push(command)
  }
  const flushes: KeyChange[] = []
  // Both are in the order of the timeline.
  const effects = readKeyEffects(changing)
  let next = 0
  for (const command of changing) {
    const first = next
    for (let effect = effects[next]; effect?.command === command; effect = effects[(next += 1)]) {
      const { key, kind, at, atMs } = effect
      const change: KeyChange = { command, kind, life: kind === 'removed' ? undefined : givenLife(command, clock), at, atMs }
      if (key === undefined) flushes.push(change)
      else storyOf(key)?.changes.push(change)
    }
    const key = command.keys[0]
    if (key === undefined || next > first || !changesLife(command) || !has(key)) continue
    const life = givenLife(command, clock)
    if (life !== undefined) storyOf(key)?.changes.push({ command, kind: undefined, life, at: command.start, atMs: command.startMs })
  }
  for (const { changes } of stories.values()) {
    if (flushes.length > 0) changes.push(...flushes)
    if (!changes.every(isInOrder)) changes.sort(byTime)
  }
  return stories
}

function byTime(a: KeyChange, b: KeyChange): number {
  return a.at - b.at || a.command.start - b.command.start
}

function isInOrder(change: KeyChange, index: number, changes: readonly KeyChange[]): boolean {
  const before = changes[index - 1]
  return before === undefined || byTime(before, change) <= 0
}

/** The first that looked the key up and did not find it, or a part of it. */
export function firstMiss({ key, readers }: KeyStory): Command | undefined {
  return readers.find(({ lookups }) => {
    // By index: of a frozen list, for…of makes an object for each element.
    for (let index = 0; index < lookups.length; index += 1) {
      const one = lookups[index]
      if (one?.outcome === 'miss' && one.key === key) return true
    }
    return false
  })
}

function newStory(key: string): Draft {
  return { __proto__: LOOKUPS, key, readers: [], changes: [], scripts: [], made: undefined } as unknown as Draft
}

/** What only looks up: most commands. GETEX, GETDEL, GETSET and SET … GET look up as well, and change. */
function isPlainRead({ name, lookups }: Command): boolean {
  return lookups.length > 0 && (name === 'GET' || name === 'MGET' || name === 'HGET' || name === 'HMGET' || name === 'HGETALL')
}
