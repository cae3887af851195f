import type { TableSchema } from '../schema.js'
import { parseExpression } from './check-expression.js'
import type { ColumnLimits } from './limits.js'

/** What the partitions of a table, split by one column, leave of that column's values. Nothing where there is a default partition. */
export function partitionLimits(table: TableSchema): ReadonlyMap<string, ColumnLimits> {
  const key = /^(RANGE|LIST) \("?([^",()]+)"?\)$/.exec(table.partitionKey ?? '')
  const name = key?.[2]
  if (name === undefined || table.partitions.length === 0 || table.partitions.some(({ bound }) => bound === 'DEFAULT')) return new Map()
  if (key?.[1] === 'LIST') {
    const allowed = table.partitions.flatMap(({ bound }) => readLiterals(/FOR VALUES IN \((.*)\)$/.exec(bound)?.[1]))
    return allowed.length === 0 ? new Map() : new Map([[name, { allowed }]])
  }
  const ends = table.partitions.map(({ bound }) => /FOR VALUES FROM \((.*)\) TO \((.*)\)$/.exec(bound))
  const lows = ends.map((end) => end?.[1] ?? 'MINVALUE')
  const highs = ends.map((end) => end?.[2] ?? 'MAXVALUE')
  const low = lows.includes('MINVALUE') ? undefined : lows.flatMap(readLiterals).toSorted(compare)[0]
  const high = highs.includes('MAXVALUE') ? undefined : highs.flatMap(readLiterals).toSorted(compare).at(-1)
  return new Map([
    [
      name,
      {
        ...(low === undefined || typeof low === 'boolean' ? {} : { min: { value: low, isExclusive: false } }),
        ...(high === undefined || typeof high === 'boolean' ? {} : { max: { value: high, isExclusive: true } }),
      },
    ],
  ])
}

function readLiterals(list: string | undefined): readonly (string | number | boolean)[] {
  const parsed = parseExpression(`ARRAY[${list ?? ''}]`)
  if (parsed?.is !== 'list') return []
  return parsed.items.flatMap((item) => (item.is === 'literal' && item.value !== null ? [item.value] : []))
}

function compare(a: string | number | boolean, b: string | number | boolean): number {
  return a < b ? -1 : a > b ? 1 : 0
}
