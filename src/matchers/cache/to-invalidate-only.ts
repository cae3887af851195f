import { plural } from '../../primitives/plural.js'
import { readKeyEffects, type KeyEffect } from '../../wire/recording/key-effects.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { Command } from '../../wire/recording/recording.js'
import { globToRegExp } from '../../wire/redis-glob.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { describeEffect, nameEvent } from './effect-text.js'
import { readKeyList, type KeyList, type ReadKeys } from './key-list.js'

const SHOWN = 3

/** A command that takes away more than it should, or looks at more. */
interface Offence {
  readonly command: Command
  /** What it took away; undefined for every key, or none. */
  readonly key: string | undefined
}

/**
 * Passes when keys of the list were deleted, overwritten or expired, and no others were taken away: each of those is a miss that nobody needed. To
 * overwrite another key is no offence. FLUSHDB and FLUSHALL are one unless the list is `'*'`; KEYS is one, because it looks at every key while
 * the server does nothing else; and so is a SCAN over all keys from which others were deleted.
 *
 * In which order with the COMMIT is not judged: `toInvalidate` does. What scripts delete is not seen.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, or where the application was never seen
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for keys that are none
 */
export function toInvalidateOnly(received: unknown, keys: KeyList): MatcherVerdict {
  const recording = readCountable(received, 'toInvalidateOnly')
  const list = readKeyList(keys)
  const effects = readKeyEffects(recording.commands)
  const meant = new Set<string>()
  for (const { key = '*' } of effects) if (list.has(key)) meant.add(key)
  if (meant.size === 0) requireSeenApplication(recording, 'toInvalidateOnly')
  const { walks, scripts } = readWalks(recording.commands)
  const offences = findOffences(walks, effects, list)
  const others = new Set(offences.flatMap(({ key }) => key ?? [])).size
  const isFlush = offences.some(({ command, key }) => key === undefined && command.name !== 'KEYS')
  const listed = list.texts.join(', ')
  const found = plural(meant.size, 'key')
  const unseen = scripts === 0 ? [] : [`  Not seen: what ${plural(scripts, 'script call')} deleted.`]
  return makeVerdict(
    meant.size > 0 && offences.length === 0,
    () => [
      isFlush
        ? `The recording invalidates every key, and only ${listed} should be.`
        : `The recording invalidates ${meant.size === 0 ? 'nothing' : found} of ${listed}, ${
            others > 0 ? `and ${plural(others, 'other')}` : 'and no other'
          }${others === 0 && offences.length > 0 ? ', but looks at every key for it' : ''}.`,
      windowLine(recording),
      ...offences.slice(0, SHOWN).map((one) => `  ✗ ${explain(one, walks)}, at ${formatMs(one.command.startMs)}`),
      ...(offences.length > SHOWN ? [`    … and ${formatCount(offences.length - SHOWN)} more`] : []),
      ...timelineLines(
        recording,
        offences.map(({ command }) => command),
      ),
      ...unseen,
    ],
    () => [`The recording invalidates ${found} of ${listed} and nothing else, and it should not.`, windowLine(recording), ...unseen],
  )
}

/** What looks at every key or at those of a pattern, and how many scripts there are, of which it is not known. */
function readWalks(commands: readonly Command[]): { readonly walks: readonly Command[]; readonly scripts: number } {
  const walks: Command[] = []
  let scripts = 0
  for (const command of commands) {
    const { name, isScript } = command
    if (isScript) scripts += 1
    else if ((name === 'KEYS' || name === 'SCAN') && command.error === undefined) walks.push(command)
  }
  return { walks, scripts }
}

function findOffences(walks: readonly Command[], effects: readonly KeyEffect[], keys: ReadKeys): readonly Offence[] {
  const offences: Offence[] = walks.filter(({ name }) => name === 'KEYS').map((command) => ({ command, key: undefined }))
  for (const { command, key, kind } of effects) {
    if (kind === 'removed' && !keys.has(key ?? '*')) offences.push({ command, key })
  }
  return offences.toSorted((a, b) => a.command.start - b.command.start)
}

function explain({ command, key }: Offence, walks: readonly Command[]): string {
  if (command.name === 'KEYS') return `${nameEvent(command)} looks at every key, and the server does nothing else meanwhile`
  if (key === undefined) return `${command.name} takes away every key of the ${command.name === 'FLUSHALL' ? 'server' : 'database'}`
  const isBefore = (walk: Command): boolean => walk.connection === command.connection && (walk.end ?? Infinity) < command.start
  const walk = walks.findLast((one) => isBefore(one) && globToRegExp(globOf(one)).test(key))
  return `${key}, by ${describeEffect({ command })}${walk === undefined ? '' : `, found by ${walkText(walk)}`}`
}

/** Without MATCH, SCAN gives every key. */
function globOf({ name, args }: Command): string {
  if (name === 'KEYS') return args[1] ?? '*'
  const match = args.findIndex((word, at) => at > 1 && word.toUpperCase() === 'MATCH')
  return match === -1 ? '*' : (args[match + 1] ?? '*')
}

function walkText(walk: Command): string {
  const glob = globOf(walk)
  return glob === '*' ? `a ${walk.name} over all keys` : `${walk.name} ${walk.name === 'SCAN' ? 'MATCH ' : ''}${glob}`
}
