import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse.js'
import { planShape } from '../../../src/plan/shape.js'
import type { PlacedPoint, RawFlip } from '../../../src/plan/growth/find-flips.js'
import { weighFlips } from '../../../src/plan/growth/weigh-flips.js'

/** A plan of one kind of scan. */
const planOf = (type: string) =>
  parsePlan(
    { Plan: { 'Node Type': type, 'Relation Name': 'orders', Alias: 'orders' } },
    { sql: 'SELECT 1', params: [], postgresVersion: '18' },
  )
const pointOf = (place: number, type: string, cost: number): PlacedPoint => {
  const plan = planOf(type)
  return { place, rows: { orders: 10 ** place }, shape: planShape(plan), cost, plan }
}
/** Every change between neighbours. */
const changesOf = (points: readonly PlacedPoint[]): readonly RawFlip[] =>
  points.flatMap((above, index) => {
    const below = points[index - 1]
    return below === undefined || below.shape === above.shape ? [] : [{ below, above }]
  })
const weigh = (points: readonly PlacedPoint[], other: (cost: number) => number | undefined) =>
  weighFlips(changesOf(points), points, ({ cost }) => Promise.resolve(other(cost)))

const THERE = [pointOf(1, 'Seq Scan', 10), pointOf(2, 'Seq Scan', 20), pointOf(3, 'Index Scan', 30), pointOf(4, 'Index Scan', 40)]
const AND_BACK = [...THERE, pointOf(5, 'Seq Scan', 50), pointOf(6, 'Seq Scan', 60)]

test('a plan that becomes clearly cheaper flips', async () => {
  const { flips, ties } = await weigh(THERE, (cost) => cost * 1.5)
  expect(ties).toEqual([])
  expect(flips).toMatchObject([
    {
      above: { orders: 100 },
      why: ['orders is read by Index Scan, no longer by Seq Scan (0 rows expected)'],
      costs: [
        { rows: { orders: 10 }, from: 10, to: 15 },
        { rows: { orders: 100 }, from: 20, to: 30 },
        { rows: { orders: 1_000 }, from: 45, to: 30 },
        { rows: { orders: 10_000 }, from: 60, to: 40 },
      ],
    },
  ])
})

test('two plans of one cost tie', async () => {
  const { flips, ties } = await weigh(THERE, (cost) => cost * 1.005)
  expect(flips).toEqual([])
  expect(ties).toMatchObject([
    { between: { orders: 10 }, and: { orders: 10_000 }, why: 'both plans cost the same to the planner: they differ by at most 0.50 %' },
  ])
})

test('what the other plan costs may be unknown, and then it is a flip', async () => {
  const { flips, ties } = await weigh(THERE, () => undefined)
  expect([flips.length, ties.length]).toEqual([1, 0])
  expect(flips[0]?.costs[0]).toEqual({ rows: { orders: 10 }, from: 10, to: undefined })
})

test('a plan that is clearly cheaper in between flips twice, one that is not goes to and fro', async () => {
  const clear = await weigh(AND_BACK, (cost) => cost * 1.5)
  expect([clear.flips.map(({ above }) => above['orders']), clear.ties]).toEqual([[100, 10_000], []])
  const same = await weigh(AND_BACK, (cost) => cost * 1.005)
  expect([same.flips, same.ties.length]).toEqual([[], 1])
  expect(same.ties[0]?.why).toBe('the plan goes to and fro: Seq Scan on orders | Index Scan on orders')
})
