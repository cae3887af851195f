import { baseType } from '../base-type.js'
import type { Generator } from '../generator.js'
import { permutationOf } from '../generators/order-key.js'
import type { ColumnSchema } from '../schema.js'
import { domainTooSmall, inferred, type InferenceTarget } from './inferred.js'
import type { ColumnLimits } from './limits.js'
import { isNumberType } from './numbers.js'

/** The values of a column that has few: labels of an enum, a list in a CHECK, true and false. */
export function choicesOf(column: ColumnSchema, limits: ColumnLimits): readonly unknown[] | undefined {
  const type = baseType(column.type)
  const all: readonly unknown[] | undefined = limits.allowed ?? type.labels ?? (type.name === 'bool' ? [true, false] : undefined)
  if (all === undefined) return undefined
  const typed = all.map((value) =>
    isNumberType(column) ? Number(value) : type.name === 'bool' ? value === true || value === 'true' || value === 't' : value,
  )
  const fitting = column.length === undefined ? typed : typed.filter((value) => String(value).length <= (column.length ?? Infinity))
  return [...new Set(fitting)].filter((value) => !(limits.refused ?? []).some((refused) => String(refused) === String(value)))
}

/** One of a few values; the first ones more often, as with statuses in real tables. */
export function inferChoice(target: InferenceTarget, values: readonly unknown[]): Generator {
  const { table, column, isUnique, rows } = target
  const spec = values.map(String)
  if (isUnique) {
    if (rows + table.existingRows > values.length)
      throw domainTooSmall(table, [column.name], rows, Math.max(0, values.length - table.existingRows))
    return inferred('unique choice', spec, ({ draws }) => {
      const permutation = permutationOf(draws, values.length)
      return { at: (row) => values[permutation(row)] ?? null, distinct: values.length, isUnique: true }
    })
  }
  const isEven = baseType(column.type).name === 'bool'
  return inferred('choice', spec, ({ draws }) => {
    const index = (row: number): number => {
      const share = draws.unit(row)
      return Math.floor((isEven ? share : share * share) * values.length)
    }
    return {
      at: (row) => values[index(row)] ?? null,
      distinct: values.length,
      pool: { values, index },
      hottest: (count) => values.slice(0, count),
    }
  })
}
