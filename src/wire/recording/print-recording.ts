import { plural } from '../../primitives/plural.js'
import { subjectText } from '../match-text.js'
import type { Recording, RecordedConnections, RecordedEvent } from './recording.js'

const MOST = 500
const TEXT = 100

/** A line for each statement, command and call, in the order of the requests. */
export function printRecording(
  recording: Pick<Recording, 'timeline' | 'setUp' | 'statements' | 'commands' | 'calls' | 'connections' | 'durationMs' | 'overlapping'>,
  withSetUp: boolean,
): string {
  const { timeline, setUp, connections } = recording
  const events = withSetUp ? [...timeline, ...setUp].toSorted((a, b) => a.start - b.start) : timeline
  const head = [
    `${formatMs(recording.durationMs)}: ${countsText(recording)}`,
    plural(connections.list.length, 'connection'),
    ...(setUp.length === 0 || withSetUp ? [] : [`session set-up not shown (${formatNumber(setUp.length)})`]),
    ...(recording.overlapping ? ['OVERLAPPING: with the traffic of another recording'] : []),
  ].join(', ')
  const rest = events.length - MOST
  return [
    head,
    ...eventLines(events.slice(0, MOST), new Set(), connections),
    ...(rest > 0 ? [`  … and ${formatNumber(rest)} more`] : []),
  ].join('\n')
}

/** `3 statements, 2 commands`, and calls where there are any. */
export function countsText({ statements, commands, calls }: Pick<Recording, 'statements' | 'commands' | 'calls'>): string {
  const counts = [plural(statements.length, 'statement'), plural(commands.length, 'command')]
  return [...counts, ...(calls.length === 0 ? [] : [plural(calls.length, 'call')])].join(', ')
}

/** Aligned: time of the request, store, connection, what, what came of it, how long it took. With `connections`, also whose connection it is. */
export function eventLines(
  events: readonly RecordedEvent[],
  marked: ReadonlySet<RecordedEvent> = new Set(),
  connections?: RecordedConnections,
): readonly string[] {
  const instances = new Map(connections?.list.map(({ id, instance }) => [id, instance]))
  const hasReplicas =
    events.some((event) => event.store === 'postgres' && event.replica !== undefined) ||
    connections?.list.some(({ replica }) => replica !== undefined) === true
  const rows = events.map((event) => [
    marked.has(event) ? '✗ ' : '  ',
    formatMs(event.startMs),
    event.store === 'upstream' ? event.upstream : event.store === 'redis' ? 'redis' : hasReplicas ? `pg ${event.server}` : 'pg',
    `#${event.connection}`,
    instances.get(event.connection) ?? '',
    clip(eventText(event)),
    outcomeOf(event),
    event.durationMs === undefined ? '' : `took ${formatMs(event.durationMs)}`,
  ])
  const widths = rows.reduce<readonly number[]>((widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)), [])
  return rows.map(([mark = '', time = '', ...cells]) =>
    `${mark}${time.padStart(widths[1] ?? 0)}  ${cells.flatMap((cell, column) => alignedCell(cell, widths[column + 2] ?? 0)).join('  ')}`.trimEnd(),
  )
}

/** A column in which nothing stands takes no room. */
function alignedCell(cell: string, width: number): readonly string[] {
  return width === 0 ? [] : [cell.padEnd(width)]
}

function eventText(event: RecordedEvent): string {
  if (event.store === 'upstream') return subjectText(event)
  if (event.store === 'redis') return `${event.inTransaction ? '  ' : ''}${subjectText(event)}`
  return event.sql.replaceAll(/\s+/g, ' ').trim()
}

/** `→ 3 rows`, `→ nil`, `→ 201`, `✗ 23505`, `→ no reply`. */
export function outcomeOf(event: RecordedEvent): string {
  const steered = event.steered === undefined ? '' : ` (${event.steered})`
  if (event.store === 'upstream') {
    const told = event.problem === undefined ? (event.error ?? event.status) : `${event.status ?? ''}: ${event.problem}`
    return `${event.error === undefined ? '→' : '✗'} ${told ?? 'no reply'}${event.error === event.steered ? '' : steered}`
  }
  if (event.store === 'redis') {
    if (event.error !== undefined) return `✗ ${event.error.split(' ', 1)[0]}${steered}`
    return `→ ${event.reply?.text ?? 'no reply'}${steered}`
  }
  if (event.error !== undefined) return `✗ ${event.error.code}${steered}`
  if (event.tag === undefined) return `→ no reply${steered}`
  return `→ ${/\d$/.test(event.tag) ? plural(event.rows, 'row') : event.tag}${steered}`
}

/** `12.4 ms`, with a point in every locale. */
export function formatMs(milliseconds: number): string {
  return `${milliseconds.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms`
}

function formatNumber(count: number): string {
  return count.toLocaleString('en-US')
}

function clip(text: string): string {
  return text.length <= TEXT ? text : `${text.slice(0, TEXT - 1)}…`
}
