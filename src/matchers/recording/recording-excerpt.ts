import { filterFrozen } from '../../primitives/filter-frozen.js'
import { plural } from '../../primitives/plural.js'
import { nearestSeen } from '../../wire/match-text.js'
import { countsText, eventLines, formatMs } from '../../wire/recording/print-recording.js'
import type { RecordedConnections, RecordedEvent, Recording } from '../../wire/recording/recording.js'

const OFFENDERS = 3
const AROUND = 4

/** `  in 41.2 ms: 12 statements, 3 commands, 2 connections` */
export function windowLine(recording: Recording): string {
  const { durationMs, connections, setUp } = recording
  const hidden = setUp.length === 0 ? '' : `; session set-up of clients is not counted (${setUp.length.toLocaleString('en-US')})`
  return `  in ${formatMs(durationMs)}: ${countsText(recording)}, ${plural(connections.list.length, 'connection')}${hidden}${databasesText(recording)}`
}

/** To a matcher a key's name means the same in each of them. */
function databasesText({ commands }: Recording): string {
  const [first] = commands
  if (first === undefined || filterFrozen(commands, ({ database }) => database !== first.database).length === 0) return ''
  const all = [...new Set(commands.map(({ database }) => database))].toSorted((a, b) => a - b)
  return `; keys of the Redis databases ${all.join(', ')} are not told apart: run.filter(({ database = ${all[0]} }) => database === ${all[0]}) keeps one`
}

/** The first of what counted; with `connections`, also whose they are. */
export function offenderLines(events: readonly RecordedEvent[], connections?: RecordedConnections): readonly string[] {
  const shown = events.slice(0, OFFENDERS)
  const rest = events.length - shown.length
  return [
    ...eventLines(shown, new Set(shown), connections).map(indent),
    ...(rest > 0 ? [`    … and ${rest.toLocaleString('en-US')} more`] : []),
  ]
}

/** What happened around the first of them, on the whole timeline. */
export function timelineLines({ timeline, connections }: Recording, events: readonly RecordedEvent[]): readonly string[] {
  const [first] = events
  const at = first === undefined ? 0 : Math.max(0, timeline.indexOf(first))
  const from = Math.max(0, at - AROUND)
  const shown = timeline.slice(from, at + AROUND + 1)
  if (shown.length === 0) return []
  const rest = timeline.length - from - shown.length
  // There may be a hundred thousand: a set of all of them takes longer than to look for these few.
  const marked = new Set(shown.filter((event) => events.includes(event)))
  return [
    '  timeline:',
    ...(from > 0 ? [`    … ${from.toLocaleString('en-US')} before`] : []),
    ...eventLines(shown, marked, connections).map(indent),
    ...(rest > 0 ? [`    … ${rest.toLocaleString('en-US')} after`] : []),
  ]
}

/** For a match that nothing met. */
export function nearestLines(text: string, seen: readonly RecordedEvent[], noun: string): readonly string[] {
  if (seen.length === 0) return [`  There was no ${noun} at all.`]
  return [`  Nothing matched ${text}. Nearest seen:`, ...nearestSeen(text, seen).map((line) => `    ${line}`)]
}

function indent(line: string): string {
  return `  ${line}`
}
