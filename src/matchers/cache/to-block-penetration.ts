import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { Match } from '../../wire/match.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import type { Command, Recording, Statement } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { oncePerRecording } from '../recording/once-per-recording.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { readAsking, readIds, type IdList } from './absent-ids.js'
import { partsOfKey, valuesOf } from './statement-ids.js'

export interface PenetrationOptions {
  /** Statements for absent ids, for each absent id: 0.01 lets one in a hundred through. */
  readonly maxRate: number
  /** The ids that were asked for and are not there, as they are bound. */
  readonly absent: IdList
  /** Ids that were asked for and are there: none of them may be turned away. @default none, and nothing is said of them */
  readonly present?: IdList
  /** The statement that asks: `{ sql: /from users/i }`. @default every SELECT with one of the ids */
  readonly statement?: Match
}

const SHOWN = 3

/**
 * Passes when a filter in front of Postgres (a Bloom filter, a set of what is there) holds back what is not there: so many statements for absent
 * ids at most, each element of an array counted; and when it turns nothing away that is there: each present id reached Postgres, or was found in
 * Redis under a key that has it as a part.
 *
 * What a filter held back leaves no trace, so the test names what it asked for. A filter that is seeded with the same ids answers the same each time.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, where nothing shows that the application was
 *   asked, and where an id is there that should not be, or the other way round
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toBlockPenetration(received: unknown, options: PenetrationOptions): MatcherVerdict {
  const recording = readCountable(received, 'toBlockPenetration')
  const { maxRate, absent, present, statement } = readOptions(options)
  const asked = readAsking(recording, statement).map((one): Asked => ({
    statement: one,
    ids: valuesOf(one).filter((id) => absent.has(id) || present.has(id)),
  }))
  const through = asked.filter(({ ids }) => ids.some((id) => absent.has(id)))
  const lookups = through.reduce((sum, { ids }) => sum + ids.filter((id) => absent.has(id)).length, 0)
  checkPremise(asked, absent, present)
  const reached = new Set<string>()
  for (const { ids } of asked) for (const id of ids) reached.add(id)
  const seen = readSeenIds(recording, (id) => absent.has(id) || present.has(id))
  if (reached.size === 0 && ![...absent, ...present].some((id) => seen.carried.has(id)))
    throw neverAsked(recording, absent.size + present.size)
  const blocked = [...present].filter((id) => !reached.has(id) && !seen.found.has(id))
  const rate = lookups / absent.size
  const said = `penetration rate ${formatRate(rate)} (${formatCount(lookups)} SQL lookups / ${formatCount(absent.size)} absent ids)`
  const evidence = (): readonly string[] => [
    windowLine(recording),
    ...throughLines(through, absent),
    ...blockedLines(blocked, present.size),
  ]
  return makeVerdict(
    rate <= maxRate && blocked.length === 0,
    () => [
      rate <= maxRate
        ? `${formatCount(blocked.length)} of ${formatCount(present.size)} ids that are there ${blocked.length === 1 ? 'was' : 'were'} turned away; ${said}`
        : `${said}, expected <= ${maxRate}`,
      ...evidence(),
    ],
    () => [`${said}, expected not <= ${maxRate}`, ...evidence()],
  )
}

interface Asked {
  readonly statement: Statement
  /** Of the ids that the test names, those that it asks for. */
  readonly ids: readonly string[]
}

function readOptions(options: unknown): {
  readonly maxRate: number
  readonly absent: ReadonlySet<string>
  readonly present: ReadonlySet<string>
  readonly statement: Match | undefined
} {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ maxRate, absent, present }', options)
  checkOptionNames(options, ['maxRate', 'absent', 'present', 'statement'], 'toBlockPenetration()')
  const given: { readonly maxRate?: unknown; readonly absent?: unknown; readonly present?: unknown; readonly statement?: Match } = options
  const { maxRate, statement } = given
  if (typeof maxRate !== 'number' || !(maxRate >= 0 && maxRate <= 1)) throw wrongOption('maxRate', 'a share between 0 and 1', maxRate)
  const absent = readIds(given.absent, 'absent')
  const present = given.present === undefined ? new Set<string>() : readIds(given.present, 'present')
  const both = [...present].find((id) => absent.has(id))
  if (both !== undefined) throw wrongOption('present', "a list of ids of which none is in 'absent'", both)
  return { maxRate, absent, present, statement }
}

/** A statement that comes back without a row for one id tells, by its rows, of each. */
function checkPremise(asked: readonly Asked[], absent: ReadonlySet<string>, present: ReadonlySet<string>): void {
  const telling = new Set(asked.filter(({ statement }) => statement.rows === 0).map(({ statement }) => statement.shape))
  for (const { statement, ids } of asked) {
    const [id] = ids
    if (id === undefined || ids.length > 1 || !telling.has(statement.shape)) continue
    const isThere = statement.rows > 0
    if (isThere ? absent.has(id) : present.has(id)) {
      throw unjudgeable(
        [
          `toBlockPenetration was told that ${id} is ${isThere ? 'absent' : 'present'}, and Postgres says otherwise:`,
          ...eventLines([statement]),
        ],
        "Correct the lists 'absent' and 'present', or the rows.",
      )
    }
  }
}

/** Of equal calls, which share their arguments and what they looked up, one each. */
const distinctCalls = oncePerRecording(({ commands }): readonly Command[] => {
  const said = new Set<readonly string[]>()
  const told = new Set<Command['lookups']>()
  const found: Command[] = []
  // By index: of a frozen list, for…of makes an object for each element.
  for (let at = 0; at < commands.length; at += 1) {
    const command = commands[at]
    // A plain lookup has no argument beside its key.
    if (command === undefined || (told.has(command.lookups) && (command.args.length === 2 || said.has(command.args)))) continue
    if (command.lookups.length > 0) told.add(command.lookups)
    else if (said.has(command.args)) continue
    said.add(command.args)
    found.push(command)
  }
  return found
})

/** The ids that commands carry, in a key or an argument, and those that were found under a key. */
function readSeenIds(
  recording: Recording,
  isNamed: (id: string) => boolean,
): { readonly carried: ReadonlySet<string>; readonly found: ReadonlySet<string> } {
  const carried = new Set<string>()
  const found = new Set<string>()
  const hit = new Set<string>()
  const missed = new Set<string>()
  for (const { args, lookups, name } of distinctCalls(recording)) {
    for (const argument of args) if (isNamed(argument)) carried.add(argument)
    for (const { key, field, outcome } of lookups) {
      // A member of a set is what a filter knows, a field of a hash what a cache holds.
      if (field !== undefined && outcome === 'hit' && name.startsWith('H')) found.add(field)
      const before = outcome === 'hit' ? hit : missed
      if (before.has(key)) continue
      before.add(key)
      for (const part of partsOfKey(key)) {
        carried.add(part)
        if (outcome === 'hit') found.add(part)
      }
    }
  }
  return { carried, found }
}

function neverAsked(recording: Recording, ids: number): Error {
  requireSeenApplication(recording, 'toBlockPenetration')
  return unjudgeable(
    [
      `toBlockPenetration found none of ${formatCount(ids)} ids, in Postgres or in Redis: nothing shows that the application was asked for them.`,
      windowLine(recording),
    ],
    "Ask for one that is there as well, and name it: { present: ['somebody@example.com'] }. It shows that what is let through arrives.",
  )
}

function throughLines(through: readonly Asked[], absent: ReadonlySet<string>): readonly string[] {
  const ids = through.flatMap((one) => one.ids.filter((id) => absent.has(id)))
  const different = new Set(ids)
  const again = ids.length - different.size
  const shown = through.slice(0, SHOWN).map(({ statement }) => statement)
  const rest = through.length - shown.length
  return [
    ...(ids.length > 0
      ? [
          `  let through: ${[...different].slice(0, SHOWN).join(', ')}${different.size > SHOWN ? `, … and ${formatCount(different.size - SHOWN)} more` : ''}${again > 0 ? `; ${plural(again, 'repeat')} of the same` : ''}`,
        ]
      : []),
    ...eventLines(shown, new Set(shown)).map((line) => `  ${line}`),
    ...(rest > 0 ? [`    … and ${formatCount(rest)} more`] : []),
  ]
}

function blockedLines(blocked: readonly string[], present: number): readonly string[] {
  if (blocked.length === 0) return present === 0 ? [] : [`  turned away though it is there: none of ${formatCount(present)}`]
  const rest = blocked.length - SHOWN
  return [
    `  ✗ turned away though it is there: ${blocked.slice(0, SHOWN).join(', ')}${rest > 0 ? `, … and ${formatCount(rest)} more` : ''}: neither a statement nor a hit has it`,
  ]
}

function formatRate(rate: number): string {
  return rate === 0 ? '0' : rate < 0.001 ? rate.toExponential(1) : String(Math.ceil(rate * 1000) / 1000)
}
