import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { fingerprintOf } from '../../wire/recording/fingerprint.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import { isRecording, type Recording } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { MEASURES, type Contribution, type RecordingMeasure } from './measures.js'

export interface Reduction {
  /** The least share of the baseline that has to be gone, above 0 and up to 1: `0.7` for 70 %. */
  readonly by: number
  /** What it is compared with: a recording of the same work without the cache. */
  readonly from: Recording
}

const SHOWN = 5
const TEXT = 90
/** 0.7 × 10 is a little less than 7. */
const ROUNDING = 1e-9

/**
 * Passes when a count has fallen by this share of what it was in another recording: the load that a cache takes off the database, as an exact
 * number that is the same on every machine.
 *
 * @example
 * expect(withCache).toReduce('postgres.statements', { by: 0.7, from: without })
 *
 * @param measure statements, rows returned or written, bytes on the wire, buffers of the plans, commands, or round trips
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, a baseline of 0, or buffers without plans
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a measure or a reduction that is none
 */
export function toReduce(received: unknown, measure: RecordingMeasure, reduction: Reduction): MatcherVerdict {
  const recording = readCountable(received, 'toReduce')
  const { by, from } = readReduction(reduction)
  if (!Object.hasOwn(MEASURES, measure)) throw wrongOption('measure', `one of ${Object.keys(MEASURES).join(', ')}`, measure)
  if (from === recording) throw wrongOption('from', 'another recording than the one that is judged', from)
  const before = count(from, measure, 'the baseline')
  const after = count(recording, measure, 'the recording')
  if (after.total === 0) requireSeenApplication(recording, 'toReduce')
  if (before.total === 0) {
    throw unjudgeable(
      [`The baseline has no ${measure}, so there is nothing to reduce.`, `  in ${formatMs(from.durationMs)}: 0 ${measure}`],
      'Record the same work without the cache: its baseline has to reach the store.',
    )
  }
  const fallen = before.total - after.total
  const share = `${((fallen / before.total) * 100).toLocaleString('en-US', { maximumFractionDigits: 2 })} %`
  const change = `${formatCount(before.total)} → ${formatCount(after.total)}`
  const wanted = `${(by * 100).toLocaleString('en-US', { maximumFractionDigits: 2 })} %`
  const said = fallen < 0 ? `${measure} rose by ${formatCount(-fallen)} (${change})` : `${measure} fell by ${share} (${change})`
  const most = Math.floor(before.total * (1 - by) + ROUNDING)
  return makeVerdict(
    fallen >= before.total * by - ROUNDING,
    () => [`${said}, expected by at least ${wanted}, to at most ${formatCount(most)}.`, ...partLines(before, after)],
    () => [`${said}, expected by less than ${wanted}.`, ...partLines(before, after)],
  )
}

interface Counted {
  readonly total: number
  readonly contributions: readonly Contribution[]
}

function readReduction(reduction: unknown): Reduction {
  if (typeof reduction !== 'object' || reduction === null)
    throw wrongOption('reduction', '{ by, from }, such as { by: 0.7, from: baseline }', reduction)
  checkOptionNames(reduction, ['by', 'from'], 'toReduce()')
  const { by, from }: { readonly by?: unknown; readonly from?: unknown } = reduction
  if (typeof by !== 'number' || !(by > 0 && by <= 1)) throw wrongOption('by', 'a share above 0 and up to 1', by)
  if (!isRecording(from)) throw wrongOption('from', 'a recording to compare with', from)
  return { by, from: readCountable(from, 'toReduce') }
}

function count(recording: Recording, measure: RecordingMeasure, which: string): Counted {
  const contributions = MEASURES[measure](recording)
  if (contributions === undefined) {
    throw unjudgeable(
      [`None of the statements of ${which} has a plan, so its buffers are not known.`],
      'Record with plans: suite.record(fn, { plans: true }).',
    )
  }
  return { total: contributions.reduce((sum, one) => sum + one.count, 0), contributions }
}

function byFingerprint({ contributions }: Counted): ReadonlyMap<string, number> {
  const parts = new Map<string, number>()
  for (const one of contributions) {
    const name = fingerprintOf(one.event)
    parts.set(name, (parts.get(name) ?? 0) + one.count)
  }
  return parts
}

/** What is left, most first, each beside what it was. */
function partLines(baseline: Counted, now: Counted): readonly string[] {
  const before = byFingerprint(baseline)
  const after = byFingerprint(now)
  const names = [...new Set([...after.keys(), ...before.keys()])].toSorted(
    (a, b) => (after.get(b) ?? 0) - (after.get(a) ?? 0) || (before.get(b) ?? 0) - (before.get(a) ?? 0),
  )
  const rows = names.slice(0, SHOWN).map((name) => [formatCount(before.get(name) ?? 0), formatCount(after.get(name) ?? 0), name] as const)
  const width = Math.max('baseline'.length, ...rows.map(([was]) => was.length))
  const other = Math.max('now'.length, ...rows.map(([, is]) => is.length))
  return [
    `  ${'baseline'.padStart(width)}  ${'now'.padStart(other)}`,
    ...rows.map(
      ([was, is, name]) => `  ${was.padStart(width)}  ${is.padStart(other)}  ${name.length <= TEXT ? name : `${name.slice(0, TEXT - 1)}…`}`,
    ),
    ...(names.length > SHOWN ? [`  … and ${formatCount(names.length - SHOWN)} more`] : []),
  ]
}
