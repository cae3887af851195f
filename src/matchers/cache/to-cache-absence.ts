import { plural } from '../../primitives/plural.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import type { Match } from '../../wire/match.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { findAbsences, type AbsenceFinding } from './absence-finding.js'
import { readAsking, readIds, type IdList } from './absent-ids.js'
import { valuesOf } from './statement-ids.js'
import { unseenLines } from './unseen-lookups.js'

export interface CacheAbsenceOptions {
  /** The statement that asks whether something is there: `{ sql: /from links/i }`. @default every SELECT */
  readonly statement?: Match
  /**
   * Ids that are not there, as they are bound. Needed where the answer is a row of its own, as that of `SELECT EXISTS (…)` and `count(*)`.
   * @default those of statements that returned no row
   */
  readonly absent?: IdList
  /** How often each was asked for, at least: where the process itself remembers, the wire does not show that it was asked again. @default 1 */
  readonly asked?: number
}

const SHOWN = 3
const EVENTS = 8

/**
 * Passes when what is not there is asked of Postgres once, and then remembered: asked for again, no statement follows; and when the row has been
 * written, the absence is no longer told. Several requests that ask at the same time, before the first is answered, are no repeat (a stampede is
 * judged by others), nor is a question after the absence has expired or been invalidated.
 *
 * That an id was asked for again is seen by a hit of a key that has it as a part (`link:nope`); say `{ asked: 2 }` where the process remembers.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, where nothing absent was asked for, and where
 *   nothing shows that it was asked for again
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toCacheAbsence(received: unknown, options: CacheAbsenceOptions = {}): MatcherVerdict {
  const recording = readCountable(received, 'toCacheAbsence')
  const { statement, absent, asked } = readOptions(options)
  const asking = readAsking(recording, statement)
  const empty = asking.filter((one) => (absent === undefined ? one.rows === 0 : valuesOf(one).some((value) => absent.has(value))))
  if (empty.length === 0) {
    requireSeenApplication(recording, 'toCacheAbsence')
    throw unjudgeable(
      [
        `toCacheAbsence judges what is not there, and of ${plural(asking.length, 'statement')} ${absent === undefined ? 'none came back without a row' : 'none asked for one of these ids'}.`,
        windowLine(recording),
        ...eventLines(asking.slice(0, SHOWN)),
      ],
      absent === undefined
        ? 'Ask for something that is not there, twice; name it with { absent: [id] } where the answer is a row, such as that of EXISTS.'
        : 'Write the ids as they are bound.',
    )
  }
  const findings = findAbsences(recording, empty, asked > 1)
  const wrong = findings.filter(({ state }) => state === 'asked' || state === 'stale')
  const kept = findings.filter(({ state }) => state === 'kept')
  if (wrong.length === 0 && kept.length === 0) {
    throw unjudgeable(
      [
        `toCacheAbsence judges the second question, and nothing shows that ${findings.length === 1 ? 'the absent id was' : `one of ${formatCount(findings.length)} absent ids was`} asked for twice.`,
        windowLine(recording),
        ...lines(findings),
      ],
      'Ask twice within the recording; where the process itself remembers, say so: { asked: 2 }',
    )
  }
  const count = (some: readonly AbsenceFinding[]): string =>
    `${formatCount(some.length)} of ${formatCount(findings.length)} absent ${findings.length === 1 ? 'id' : 'ids'}`
  return makeVerdict(
    wrong.length === 0,
    () => [
      `${count(wrong)} ${wrong.length === 1 ? 'is' : 'are'} not remembered as absent.`,
      windowLine(recording),
      ...lines(wrong),
      ...unseenLines(recording, () => true),
      '  Write down that there is nothing, with a short TTL, and delete it where the row is written.',
    ],
    () => [
      `${count(kept)} ${kept.length === 1 ? 'is' : 'are'} remembered as absent, and none should be.`,
      windowLine(recording),
      ...lines(kept),
    ],
  )
}

function readOptions(options: unknown): {
  readonly statement: Match | undefined
  readonly absent: ReadonlySet<string> | undefined
  readonly asked: number
} {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ statement, absent, asked }', options)
  checkOptionNames(options, ['statement', 'absent', 'asked'], 'toCacheAbsence()')
  const { statement, absent, asked = 1 }: { readonly statement?: Match; readonly absent?: unknown; readonly asked?: unknown } = options
  checkWholeNumber('asked', asked, 1)
  return { statement, absent: absent === undefined ? undefined : readIds(absent, 'absent'), asked }
}

function lines(findings: readonly AbsenceFinding[]): readonly string[] {
  const [first] = findings
  const rest = findings.length - SHOWN
  const events = (first?.events ?? []).slice(0, EVENTS)
  return [
    ...findings.slice(0, SHOWN).map(({ id, state, text }) => `  ${state === 'asked' || state === 'stale' ? '✗' : ' '} ${id}  ${text()}`),
    ...(rest > 0 ? [`    … and ${formatCount(rest)} more`] : []),
    '  timeline:',
    ...eventLines(events, new Set(events.filter(({ store }) => store === 'postgres').slice(1))).map((line) => `  ${line}`),
  ]
}
