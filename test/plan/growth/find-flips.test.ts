import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse.js'
import { findFlips, splitTies, type PlacedPoint } from '../../../src/plan/growth/find-flips.js'
import { areNear, checkRanges, ladder, rowsAt } from '../../../src/plan/growth/size-ladder.js'

const RANGE = [{ table: 'orders', seeded: 1_000, from: 1_000, upTo: 1_000_000_000 }]
const PLAN = parsePlan({ Plan: { 'Node Type': 'Result' } }, { sql: 'SELECT 1', params: [], postgresVersion: '18' })

/** Points whose shape depends on the rows alone. */
function search(shapeAt: (orders: number) => string) {
  let probes = 0
  const pointAt = (place: number): PlacedPoint => {
    const rows = rowsAt(RANGE, place)
    return { place, rows, shape: shapeAt(rows['orders'] ?? 0), cost: 1, plan: PLAN }
  }
  const probe = (place: number) => {
    probes += 1
    return Promise.resolve(pointAt(place))
  }
  return findFlips(ladder(12).map(pointAt), probe).then((flips) => ({
    flips,
    told: flips.map(({ below, above }) => [below.shape, above.shape, below.rows['orders'] ?? 0, above.rows['orders'] ?? 0] as const),
    probes,
  }))
}

test('sizes grow by equal factors from the first to the last', () => {
  expect(ladder(12).map((place) => rowsAt(RANGE, place)['orders'])).toEqual([
    1_000, 3_511, 12_328, 43_288, 151_991, 533_670, 1_873_817, 6_579_332, 23_101_297, 81_113_083, 284_803_587, 1_000_000_000,
  ])
})

test('a flip is narrowed down to two per cent, with few probes', async () => {
  const { told, probes } = await search((orders) => (orders < 777_777 ? 'a' : 'b'))
  const [[from, to, below, above] = ['', '', 0, 0]] = told
  expect([from, to, told.length]).toEqual(['a', 'b', 1])
  expect(below).toBeLessThan(777_777)
  expect(above).toBeGreaterThanOrEqual(777_777)
  expect(above / below).toBeLessThan(1.021)
  expect(probes).toBeLessThanOrEqual(7)
})

test('two flips between two sizes are both found, and none where the plan stays', async () => {
  const { told } = await search((orders) => (orders < 600_000 ? 'a' : orders < 1_200_000 ? 'b' : 'c'))
  expect(told.map(([from, to]) => from + to)).toEqual(['ab', 'bc'])
  expect((await search(() => 'a')).told).toEqual([])
})

test('a plan that changes all the time is not followed for ever', async () => {
  const { probes } = await search((orders) => String(orders % 7))
  expect(probes).toBeLessThanOrEqual(60)
})

test('where an earlier plan comes back, its flips are taken out together', async () => {
  const { flips } = await search((orders) => (orders < 50_000 ? 'a' : orders < 900_000 ? 'b' : orders < 5_000_000 ? 'a' : 'c'))
  const split = splitTies(flips)
  expect(split.flips.map(({ below, above }) => below.shape + above.shape)).toEqual(['ac'])
  expect(split.ties.map(({ flips: own }) => own.map(({ below, above }) => below.shape + above.shape))).toEqual([['ab', 'ba']])
})

test('sizes are near when every table differs by two per cent or one row', () => {
  expect(areNear({ a: 100 }, { a: 102 }, 0.02)).toBe(true)
  expect(areNear({ a: 100, b: 7 }, { a: 102, b: 9 }, 0.02)).toBe(false)
  expect(areNear({ a: 5 }, { a: 6 }, 0.02)).toBe(true)
})

test.each([
  [undefined, "Option 'rows' must be ranges by table"],
  [{}, "Option 'rows' must be ranges by table"],
  [{ orders: 5 }, "Option 'rows.orders' must be { from, upTo }, but is 5."],
  [{ orders: { upTo: 0 } }, "Option 'rows.orders.upTo' must be a whole number of rows from 1 to 1,000,000,000,000, but is 0."],
  [{ orders: { upTo: 10, from: 1.5 } }, "Option 'rows.orders.from' must be a whole number"],
  [{ orders: { to: 10 } }, "Option 'rows.orders' must be { from, upTo }"],
])('%o is no range', (ranges, message) => {
  expect(() => checkRanges(ranges)).toThrow(message)
})
