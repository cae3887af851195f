import { formatCount } from '../print.js'
import { printColumns } from '../print-columns.js'
import type { MeasureFit, WorkGrowth, WorkMeasure } from './work-growth.js'

const MEASURE_LABELS: Readonly<Record<WorkMeasure, string>> = {
  buffers: 'buffers',
  rowsExamined: 'rows examined',
  statements: 'statements',
  roundTrips: 'round trips',
  commands: 'commands',
}

/** `rows examined` */
export function measureLabel(measure: WorkMeasure): string {
  return MEASURE_LABELS[measure]
}

/** Sizes and counts, one below the other. Counts that are 0 at every size are left out. */
export function printWorkGrowth({ points, fits }: Pick<WorkGrowth, 'points' | 'fits'>): readonly string[] {
  const told = fits.filter(({ counts }) => counts.some((count) => count > 0))
  return printColumns(
    [
      ['n', ...points.map(({ size }) => formatCount(size)), ''],
      ...told.map((fit) => [measureLabel(fit.measure), ...fit.counts.map(formatCount), ` ${printFit(fit)}`]),
    ],
    [points.length + 1],
  )
}

/** `grows as n^0.99 (r² 1.00) → O(n)` */
export function printFit({ exponent, r2, law, counts }: MeasureFit): string {
  if (new Set(counts).size === 1) return 'does not grow'
  // No -0.00: what shrinks a little does not grow.
  const power = Object.is(Number(exponent.toFixed(2)), -0) ? '0.00' : exponent.toFixed(2)
  return `grows as n^${power} (r² ${r2.toFixed(2)}) → ${law ?? 'faster than O(n²)'}`
}
