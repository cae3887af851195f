import { plural } from '../../primitives/plural.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { isStampedeRace, type StampedeRace } from '../../scenarios/stampede-race.js'
import { matcherOf } from '../../wire/match.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { fingerprintOf } from '../../wire/recording/fingerprint.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { findPeak } from '../recording/intervals.js'
import { indented } from './race-evidence.js'

export interface CoalesceOptions {
  /** How often the same may be loaded in all: one for each instance, where a flight is only single within one. @default 1 */
  readonly loads?: number
}

/**
 * Passes when all callers of a stampede shared one load: none was sent again with the same values, neither at the same time nor, by callers who had
 * waited and did not look again, one after the other.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no stampede, or one that callers came too late for
 */
export function toCoalesce(received: unknown, options: CoalesceOptions = {}): MatcherVerdict {
  if (!isStampedeRace(received))
    throw wrongEvidence(received, 'toCoalesce', 'a stampede', "const race = await suite.stampede(20, fn, { key: 'product:7' })")
  const race = received
  readCountable(race, 'toCoalesce')
  const most = readOptions(options)
  const worst = groupLoads(race).reduce((a, b) => (b.length > a.length ? b : a))
  const peak = findPeak(worst.map(({ start, end }) => ({ from: start, to: end ?? Infinity }))).count
  const late = countLate(race, worst.length, worst[0]?.end ?? Infinity)
  const pass = worst.length <= most
  if (pass && late > 0) {
    throw unjudgeable(
      [
        `toCoalesce: ${plural(late, 'caller')} looked ${race.key} up only after the load had ended, so the race was not about them.`,
        ...indented(race).slice(0, 1),
      ],
      'Raise quietMs, after which callers who ask nothing count as waiting: suite.stampede(n, fn, { key, quietMs: 50 })',
    )
  }
  const callers = race.outcomes.length
  const said = `${callers} callers missed ${race.key} at once: ${plural(worst.length, 'load')} of the same, ${peak} at the same time`
  const evidence = (): readonly string[] => [
    `  ${race.outcomes.filter(({ status }) => status === 'fulfilled').length} of ${callers} callers fulfilled; ${indented(race)[0]?.trim()}`,
    ...eventLines(worst.slice(0, 3), new Set(worst)).map((line) => `  ${line}`),
    ...(worst.length > 3 ? [`    … and ${worst.length - 3} more`] : []),
  ]
  return makeVerdict(
    pass,
    () => [
      `${said}, expected at most ${most}.`,
      ...evidence(),
      peak > 1
        ? '  Let callers of one key share the promise of its load (single flight), or take a lock before loading.'
        : '  They loaded one after the other: who has waited for a load has to look into the cache again before it loads.',
    ],
    () => [`${said}, expected more than ${most}.`, ...evidence()],
  )
}

function readOptions(options: unknown): number {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ loads: 1 }', options)
  checkOptionNames(options, ['loads'], 'toCoalesce()')
  const { loads = 1 }: { readonly loads?: unknown } = options
  checkWholeNumber('loads', loads, 1)
  return loads
}

/** Loads of the same: equal in shape and values. There is one at least, else there is no race. */
function groupLoads({ timeline, load }: StampedeRace): readonly (readonly RecordedEvent[])[] {
  const isLoad = matcherOf(load)
  const groups = new Map<string, RecordedEvent[]>()
  for (const event of timeline.filter(isLoad)) {
    const key =
      event.store === 'postgres'
        ? `${event.sql}\n${JSON.stringify(event.values)}`
        : event.store === 'redis'
          ? fingerprintOf(event)
          : `${event.method} ${event.path}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [event])
    else group.push(event)
  }
  return groups.size === 0 ? [[]] : [...groups.values()]
}

/** Hits after the load beyond those of callers who had missed before it and waited for another's: callers who came then. */
function countLate({ commands, key, outcomes }: StampedeRace, loads: number, loadedAt: number): number {
  let misses = 0
  let hits = 0
  for (const { lookups, start } of commands.filter(({ keys }) => keys.includes(key))) {
    for (const lookup of lookups) {
      if (lookup.key !== key) continue
      if (start < loadedAt) misses += 1
      else if (lookup.outcome === 'hit') hits += 1
    }
  }
  return misses >= outcomes.length ? 0 : Math.max(0, hits - Math.max(0, misses - loads))
}
