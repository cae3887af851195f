import { HotbedError } from '../primitives/error.js'
import type { Bound } from './generator.js'

const MAX_SCANNED = 10_000_000

/** The `count` most frequent values: as the generator knows them, else counted. */
export function findHottest(bound: Bound, rows: number, count: number): readonly unknown[] {
  if (bound.hottest !== undefined) return bound.hottest(count).map((value) => show(bound, value))
  if (rows > MAX_SCANNED) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The most frequent values of a column of ${rows.toLocaleString('en')} rows are known only where its generator knows them: zipf, weighted, oneOf, or a foreign key with a distribution.`,
    })
  }
  const counts = new Map<unknown, number>()
  for (let row = 0; row < rows; row += 1) {
    const value = bound.at(row)
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([value]) => show(bound, value))
}

function show(bound: Bound, value: unknown): unknown {
  return bound.isTime === true && typeof value === 'number' ? new Date(value) : value
}
