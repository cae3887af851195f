import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { fingerprintOf } from '../../wire/recording/fingerprint.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, readRange, type CountRange, type ReadRange } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { timelineLines, windowLine } from './recording-excerpt.js'
import { findRoundTrips, type RoundTrip } from './round-trips.js'

export interface RoundTripBounds {
  /** @default any */
  readonly postgres?: CountRange
  /** @default any */
  readonly redis?: CountRange
}

const STORES = ['postgres', 'redis'] as const
const SHOWN = 3
const TEXT = 110

/**
 * Passes when the recording waited so many times for an answer: each costs the network's latency, which a laptop does not have. What is sent on one
 * connection before its first answer comes – a pipeline, MULTI with all of its commands, several statements in one message – is one round trip;
 * those of several connections count each, also when they happen at the same time. BEGIN and COMMIT count, the set-up of sessions does not.
 *
 * @example
 * expect(run).toHaveRoundTrips({ postgres: { max: 3 }, redis: { max: 2 } })
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, or where the application was never seen
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for ranges that are none
 */
export function toHaveRoundTrips(received: unknown, bounds: RoundTripBounds): MatcherVerdict {
  const recording = readCountable(received, 'toHaveRoundTrips')
  const ranges = readBounds(bounds)
  const trips = findRoundTrips(recording.timeline)
  const counts = ranges.map(({ store, range }) => {
    const own = trips.filter((trip) => trip.store === store)
    return { store, range, own, holds: range.holds(own.length) }
  })
  if (counts.some(({ own }) => own.length === 0)) requireSeenApplication(recording, 'toHaveRoundTrips')
  const wrong = counts.filter(({ holds }) => !holds)
  const tell = ({ store, own, range }: (typeof counts)[number], not: string): string =>
    `${formatCount(own.length)} to ${store === 'postgres' ? 'Postgres' : 'Redis'}, expected ${not}${range.label}`
  return makeVerdict(
    wrong.length === 0,
    () => {
      const repeated = findRepeated(wrong.flatMap(({ own }) => own))
      return [
        `Round trips: ${wrong.map((one) => tell(one, '')).join('; ')}.`,
        windowLine(recording),
        ...repeated.slice(0, SHOWN).map(({ text, alone }) => `  ✗ ${formatCount(alone.length)}×, each by itself: ${text}`),
        ...(repeated.length > SHOWN ? [`    … and ${formatCount(repeated.length - SHOWN)} more`] : []),
        ...timelineLines(recording, repeated.length > 0 ? (repeated[0]?.alone ?? []) : []),
        ...(repeated.length > 0
          ? ['  Send what does not depend on an earlier answer together: MGET, a pipeline, WHERE id = ANY($1).']
          : []),
      ]
    },
    () => [`Round trips: ${counts.map((one) => tell(one, 'not ')).join('; ')}.`, windowLine(recording), ...timelineLines(recording, [])],
  )
}

function readBounds(bounds: unknown): readonly { readonly store: 'postgres' | 'redis'; readonly range: ReadRange }[] {
  if (typeof bounds !== 'object' || bounds === null) {
    throw wrongOption('bounds', '{ postgres, redis }, such as { redis: { max: 2 } }', bounds)
  }
  checkOptionNames(bounds, STORES, 'toHaveRoundTrips()')
  const given: Partial<Record<'postgres' | 'redis', unknown>> = bounds
  const ranges = STORES.flatMap((store) =>
    given[store] === undefined ? [] : [{ store, range: readRange(given[store], 'toHaveRoundTrips') }],
  )
  if (ranges.length > 0) return ranges
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: 'toHaveRoundTrips() was given no bounds.',
    remedy: 'Give postgres, redis or both: { postgres: { max: 3 }, redis: { max: 2 } }.',
  })
}

interface Repeated {
  readonly text: string
  readonly alone: RoundTrip['events']
}

/** What was asked again and again, each time waiting for the answer; most first. */
function findRepeated(trips: readonly RoundTrip[]): readonly Repeated[] {
  const alone = new Map<string, RoundTrip['events'][number][]>()
  for (const { events } of trips) {
    const [event] = events
    if (event === undefined || events.length > 1 || /^(?:begin|commit|rollback)\b/.test(event.store === 'postgres' ? event.shape : ''))
      continue
    const text = fingerprintOf(event)
    const list = alone.get(text)
    if (list === undefined) alone.set(text, [event])
    else list.push(event)
  }
  return [...alone]
    .filter(([, events]) => events.length > 1)
    .map(([text, events]) => ({ text: text.length <= TEXT ? text : `${text.slice(0, TEXT - 1)}…`, alone: events }))
    .toSorted((a, b) => b.alone.length - a.alone.length)
}
