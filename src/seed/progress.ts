import type { MultiBar, SingleBar } from 'cli-progress'
import { formatDuration } from '../primitives/duration.js'
import type { LoadProgress } from './load-report.js'
import { monotonicMs } from '../primitives/real-time.js'

/** A load that is over by then shows nothing. */
const QUIET_MS = 1000

/** Where it is written: `process.stderr`, usually. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean }

export interface ProgressDisplay {
  /** For `onProgress` of a load. */
  readonly onProgress: (progress: LoadProgress) => void
  /** The load is over, well or not: the last lines are written and the terminal is as it was. */
  readonly end: () => void
}

/** Milliseconds of a monotonic clock. */
type Clock = () => number

/**
 * Shows how a load comes along: a bar per table with rows per second, percent and time left on a terminal, and a line per finished table
 * elsewhere. Silent for a load that takes less than a second. The library that draws the bars is only loaded for a terminal.
 */
export async function createProgressDisplay(stream: ProgressStream, now: Clock = monotonicMs): Promise<ProgressDisplay> {
  return stream.isTTY === true ? await drawBars(stream, now) : writeLines(stream, now)
}

/** What is known of a table. */
interface TableState {
  readonly startMs: number
  last: LoadProgress
  endMs: number | undefined
}

function createTracker(now: Clock): {
  readonly note: (progress: LoadProgress) => TableState
  readonly states: ReadonlyMap<string, TableState>
  readonly isQuiet: () => boolean
} {
  const startMs = now()
  const states = new Map<string, TableState>()
  return {
    states,
    isQuiet: () => now() - startMs < QUIET_MS,
    note: (progress) => {
      const nowMs = now()
      // The first event of a table comes when its first rows are sent: it began where the load or the table before it stood.
      const state = states.get(progress.table) ?? { startMs: lastEnd(states) ?? startMs, last: progress, endMs: undefined }
      states.set(progress.table, state)
      // The bytes and rows of the phase that writes them.
      if (progress.phase === 'rows') state.last = progress
      if (progress.rowsDone >= progress.rows) state.endMs ??= nowMs
      return state
    },
  }
}

function lastEnd(states: ReadonlyMap<string, TableState>): number | undefined {
  let last: number | undefined
  for (const { endMs } of states.values()) if (endMs !== undefined && endMs > (last ?? 0)) last = endMs
  return last
}

function writeLines(stream: ProgressStream, now: Clock): ProgressDisplay {
  const { note, states, isQuiet } = createTracker(now)
  const written = new Set<string>()
  const write = (): void => {
    for (const [table, { startMs, last, endMs }] of states) {
      if (endMs === undefined || written.has(table)) continue
      written.add(table)
      const seconds = Math.max(endMs - startMs, 1) / 1000
      stream.write(
        `${table}: ${count(last.rows)} rows, ${megabytes(last.bytes)} in ${formatDuration(seconds * 1000)} (${count(last.rows / seconds)} rows/s)\n`,
      )
    }
  }
  return {
    onProgress: (progress) => {
      note(progress)
      if (!isQuiet()) write()
    },
    end: () => {
      if (!isQuiet()) write()
    },
  }
}

async function drawBars(stream: ProgressStream, now: Clock): Promise<ProgressDisplay> {
  const { default: progressLibrary } = await import('cli-progress')
  const { note, states, isQuiet } = createTracker(now)
  const bars = new Map<string, SingleBar>()
  let multi: MultiBar | undefined
  const draw = (): void => {
    multi ??= new progressLibrary.MultiBar({
      stream,
      format: '{table} {bar} {percentage}%  {rate} rows/s  {left}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      gracefulExit: false,
      fps: 10,
    })
    const width = Math.max(...[...states.keys()].map((table) => table.length))
    for (const [table, state] of states) {
      const bar = bars.get(table) ?? multi.create(state.last.rows, 0)
      bars.set(table, bar)
      bar.update(state.last.rowsDone, payload(table.padEnd(width), state, now()))
    }
  }
  return {
    onProgress: (progress) => {
      note(progress)
      if (!isQuiet()) draw()
    },
    end: () => {
      if (multi !== undefined) draw()
      multi?.stop()
    },
  }
}

function payload(
  table: string,
  { startMs, last, endMs }: TableState,
  nowMs: number,
): { readonly table: string; readonly rate: string; readonly left: string } {
  const elapsedMs = Math.max((endMs ?? nowMs) - startMs, 1)
  const rate = last.rowsDone / elapsedMs
  const leftMs = rate === 0 ? 0 : (last.rows - last.rowsDone) / rate
  return {
    table,
    rate: count(rate * 1000),
    left: endMs === undefined ? `${formatDuration(leftMs)} left` : `done in ${formatDuration(elapsedMs)}`,
  }
}

function count(rows: number): string {
  return Math.round(rows).toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
