import type { Bound, ColumnContext, Generator } from '../generator.js'
import type { ColumnSchema } from '../schema.js'
import { inferred } from './inferred.js'
import type { Order } from './limits.js'

const DAY = 86_400_000

/** What a column must be above and below, in its own row. */
export interface OrderDemands {
  readonly above: readonly { readonly column: string; readonly isStrict: boolean }[]
  readonly below: readonly { readonly column: string; readonly isStrict: boolean }[]
}

/** For each order of two columns, decides which one follows the other: never one that is `fixed`. */
export function assignOrders(
  orders: readonly Order[],
  columns: readonly ColumnSchema[],
  fixed: ReadonlySet<string>,
): ReadonlyMap<string, OrderDemands> {
  const demands = new Map<string, { above: { column: string; isStrict: boolean }[]; below: { column: string; isStrict: boolean }[] }>()
  const position = (name: string): number => columns.find((column) => column.name === name)?.position ?? 0
  for (const { left, right, isStrict } of orders) {
    const follower = fixed.has(right) || (!fixed.has(left) && position(left) > position(right)) ? left : right
    if (fixed.has(follower)) continue
    const demand = demands.get(follower) ?? { above: [], below: [] }
    demands.set(follower, demand)
    if (follower === right) demand.above.push({ column: left, isStrict })
    else demand.below.push({ column: right, isStrict })
  }
  return demands
}

/** `generator`, moved in each row to where the other columns of the row want it. `grain` is the smallest step, `reach` the usual distance. */
export function following(generator: Generator, demands: OrderDemands, grain: number, isTime: boolean): Generator {
  const spec = {
    of: generator.spec,
    above: demands.above.map((demand) => ({ ...demand })),
    below: demands.below.map((demand) => ({ ...demand })),
  }
  const reach = isTime ? 14 * DAY : 100
  return inferred('ordered', spec, (context) => {
    const own = generator.bind(context)
    const above = lazily(context, demands.above, 1, grain)
    const below = lazily(context, demands.below, -1, grain)
    const { draws } = context
    const at = (row: number): unknown => {
      const value = own.at(row)
      if (typeof value !== 'number') return value
      const low = Math.max(-Infinity, ...above(row))
      const high = Math.min(Infinity, ...below(row))
      if (value >= low && value <= high) return value
      const share = draws.unit(row, 7)
      const from = low === -Infinity ? high - reach : low
      const to = high === Infinity ? low + reach : high
      const moved = Math.floor((from + share * (to - from)) / grain + 1e-6) * grain
      const rounded = Number(moved.toFixed(6))
      return rounded < low ? low : rounded > high ? high : rounded
    }
    const bound: Bound = { at, ...(own.isTime === true ? { isTime: true } : {}) }
    return bound
  })
}

function lazily(
  { table, valueOf }: ColumnContext,
  demands: OrderDemands['above'],
  sign: 1 | -1,
  grain: number,
): (row: number) => readonly number[] {
  const readers = new Map<string, Bound>()
  return (row) =>
    demands.flatMap(({ column, isStrict }) => {
      let reader = readers.get(column)
      if (reader === undefined) readers.set(column, (reader = valueOf(table, column)))
      const value = reader.at(row)
      return typeof value === 'number' ? [isStrict ? value + sign * grain : value] : []
    })
}
