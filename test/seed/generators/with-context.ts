import { createDraws, randomKey } from '../../../src/primitives/random.js'
import type { Bound, ColumnContext, Generator } from '../../../src/seed/generator.js'

export interface Stage {
  readonly seed?: number
  readonly table?: string
  readonly column?: string
  /** By table; the table under test has its rows here too. */
  readonly rows?: Readonly<Record<string, number>>
  /** Columns that others refer to: `users.id`. */
  readonly generators?: Readonly<Record<string, Generator>>
  readonly schema?: ColumnContext['schema']
}

/** A context as a dataset makes it, without a database. */
export function contextOf({ seed = 1, table = 'orders', column = 'value', rows = {}, generators = {}, schema }: Stage = {}): ColumnContext {
  const drawsOf = (name: string): ReturnType<typeof createDraws> => createDraws(randomKey(seed, table, name))
  return {
    table,
    column,
    rows: rows[table] ?? 1000,
    draws: drawsOf(column),
    drawsOf,
    epochMs: Date.parse('2025-01-01T00:00:00Z'),
    schema,
    rowsOf: (name) => rows[name] ?? 0,
    valueOf: (name, of) => bindIn(generators[`${name}.${of}`]!, { seed, table: name, column: of, rows, generators }),
  }
}

export function bindIn<T>(generator: Generator<T>, stage: Stage = {}): Bound<T> {
  return generator.bind(contextOf(stage))
}

export function valuesOf<T>(bound: Bound<T>, rows: number): (T | null)[] {
  return Array.from({ length: rows }, (_, row) => bound.at(row))
}

/** Chi-square of observed counts against expected shares, as standard deviations from its mean (Wilson-Hilferty). */
export function fitZ(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weight = shares.reduce((sum, share) => sum + share, 0)
  const statistic = counts.reduce((sum, count, index) => {
    const expected = (total * shares[index]!) / weight
    return sum + (count - expected) ** 2 / expected
  }, 0)
  const degrees = counts.length - 1
  return (Math.cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees))
}

/** Kolmogorov-Smirnov: the largest distance to the distribution function, times √n. Above 1.95 once in a thousand. */
export function kolmogorov(values: readonly number[], share: (value: number) => number): number {
  const sorted = values.toSorted((left, right) => left - right)
  const distance = sorted.reduce((most, value, index) => Math.max(most, Math.abs(share(value) - (index + 0.5) / sorted.length)), 0)
  return distance * Math.sqrt(sorted.length)
}
