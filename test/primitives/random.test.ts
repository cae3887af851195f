import { describe, expect, test } from 'vitest'
import { createDraws, createPermutation, permute, randomKey, type Draws } from '../../src/primitives/random.js'

const ROWS = 1 << 20
const key = randomKey(1, 'orders', 'amount')
const draws = createDraws(key)

/** How far a chi-square of so many degrees of freedom is from its mean, in standard deviations (Wilson-Hilferty). */
function chiSquareZ(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0)
  const expected = total / counts.length
  const statistic = Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const degrees = counts.length - 1
  return (Math.cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees))
}

/** The numbers of one test each: along rows, along draws, along keys, and strided as partitions and workers would. */
const walks: readonly (readonly [string, (index: number) => number])[] = [
  ['neighbouring rows', (index) => draws.bits(index)],
  ['rows above 2^32', (index) => draws.bits(2 ** 40 + index)],
  ['rows 2^32 apart', (index) => draws.bits(7 + index * 2 ** 32)],
  ['rows 1024 apart', (index) => draws.bits(index * 1024)],
  ['neighbouring draws', (index) => draws.bits(11, index)],
  ['rows and draws mixed', (index) => draws.bits(index >>> 4, index & 15)],
  ['low bits of a unit', (index) => Math.floor(draws.unit(index) * 2 ** 53) % 2 ** 32],
]

/** One number of each of so many columns: another key for every index, as hashing their names gives. */
const keyed = Array.from({ length: 20_000 }, (_, index) => createDraws(randomKey(1, 'orders', `column${index}`)))

describe.each(walks)('along %s', (_, at) => {
  test('every byte takes each value equally often', () => {
    for (const shift of [0, 8, 16, 24]) {
      const counts = new Uint32Array(256)
      for (let index = 0; index < ROWS; index += 1) counts[(at(index) >>> shift) & 255]! += 1
      expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
    }
  })

  test('every bit is set half of the time, also given its neighbour’s', () => {
    const set = new Uint32Array(32)
    const equal = new Uint32Array(32)
    let before = at(0)
    for (let index = 1; index <= ROWS; index += 1) {
      const value = at(index)
      for (let bit = 0; bit < 32; bit += 1) {
        set[bit]! += (value >>> bit) & 1
        equal[bit]! += ~((value ^ before) >>> bit) & 1
      }
      before = value
    }
    // 4.5 standard deviations of a fair coin.
    const allowed = 4.5 * Math.sqrt(ROWS / 4)
    for (const count of [...set, ...equal]) expect(Math.abs(count - ROWS / 2)).toBeLessThan(allowed)
  })

  test('pairs of neighbours fill the square evenly', () => {
    const counts = new Uint32Array(4096)
    for (let index = 0; index < ROWS; index += 1) counts[((at(index) >>> 26) << 6) | (at(index + 1) >>> 26)]! += 1
    const low = new Uint32Array(4096)
    for (let index = 0; index < ROWS; index += 1) low[((at(index) & 63) << 6) | (at(index + 1) & 63)]! += 1
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
    expect(Math.abs(chiSquareZ(low))).toBeLessThan(4)
  })

  test('neighbours are not correlated at any short lag', () => {
    for (const lag of [1, 2, 3, 7, 16, 64]) {
      let sum = 0
      for (let index = 0; index < ROWS; index += 1) sum += (at(index) / 2 ** 32 - 0.5) * (at(index + lag) / 2 ** 32 - 0.5)
      // A correlation of n independent pairs has a standard deviation of 1/√n.
      expect(Math.abs((sum / ROWS) * 12 * Math.sqrt(ROWS))).toBeLessThan(4.5)
    }
  })

  test('values repeat as often as chance has it: no permutation, no short cycle', () => {
    const values = Uint32Array.from({ length: ROWS }, (_nothing, index) => at(index)).toSorted()
    let collisions = 0
    for (let index = 1; index < values.length; index += 1) if (values[index] === values[index - 1]) collisions += 1
    // Poisson with mean n²/2^33.
    const mean = (ROWS * ROWS) / 2 ** 33
    expect(Math.abs(collisions - mean)).toBeLessThan(4.5 * Math.sqrt(mean))
  })

  test('spacings of birthdays repeat as often as Marsaglia’s test asks', () => {
    // 512 birthdays in 2^24 days: repeated spacings are Poisson with mean 512³ / 2^26 = 2.
    const repeats = [0, 8].map((shift) => {
      let total = 0
      for (let group = 0; group < 1000; group += 1) {
        const days = Uint32Array.from({ length: 512 }, (_nothing, index) => (at(group * 512 + index) << shift) >>> 8).toSorted()
        const spacings = days.map((day, index) => (index === 0 ? day : day - (days[index - 1] ?? 0))).toSorted()
        for (let index = 1; index < spacings.length; index += 1) if (spacings[index] === spacings[index - 1]) total += 1
      }
      return total
    })
    for (const total of repeats) expect(Math.abs(total - 2000)).toBeLessThan(4.5 * Math.sqrt(2000))
  })
})

test('columns are independent of each other: bytes over 20,000 keys at one row, and pairs of columns over the rows', () => {
  for (const row of [0, 1, 2 ** 33]) {
    const counts = new Uint32Array(256)
    for (const column of keyed) counts[column.bits(row) >>> 24]! += 1
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
  }
  for (let pair = 0; pair < 32; pair += 2) {
    const [left, right] = [keyed[pair]!, keyed[pair + 1]!]
    let sum = 0
    for (let row = 0; row < 100_000; row += 1) sum += (left.unit(row) - 0.5) * (right.unit(row) - 0.5)
    expect(Math.abs((sum / 100_000) * 12 * Math.sqrt(100_000))).toBeLessThan(4.5)
  }
})

describe('avalanche: each input bit flips half of the output bits', () => {
  /** How far the worst pair of bits is from one half. */
  const bias = (vary: (index: number, bit: number) => number, base: (index: number) => number, bits: number): number => {
    const samples = 20_000
    let worst = 0
    for (let bit = 0; bit < bits; bit += 1) {
      const counts = new Uint32Array(32)
      for (let index = 0; index < samples; index += 1) {
        const changed = base(index) ^ vary(index, bit)
        for (let out = 0; out < 32; out += 1) counts[out]! += (changed >>> out) & 1
      }
      for (const count of counts) worst = Math.max(worst, Math.abs(count / samples - 0.5))
    }
    return worst
  }
  const rowOf = (index: number): number => index * 65_537

  test('of the row', () => {
    const flipped = (row: number, bit: number): number => (Math.floor(row / 2 ** bit) % 2 === 0 ? row + 2 ** bit : row - 2 ** bit)
    expect(
      bias(
        (index, bit) => draws.bits(flipped(rowOf(index), bit)),
        (index) => draws.bits(rowOf(index)),
        53,
      ),
    ).toBeLessThan(0.02)
  })

  test('of the draw', () => {
    expect(
      bias(
        (index, bit) => draws.bits(rowOf(index), 1 << bit),
        (index) => draws.bits(rowOf(index), 0),
        16,
      ),
    ).toBeLessThan(0.02)
  })

  test('of the key', () => {
    const varied = Array.from({ length: 64 }, (_, bit): Draws => {
      const [first, second, third, fourth] = key
      return createDraws(bit < 32 ? [first ^ (1 << bit), second, third, fourth] : [first, second ^ (1 << (bit - 32)), third, fourth])
    })
    expect(
      bias(
        (index, bit) => varied[bit]!.bits(rowOf(index)),
        (index) => draws.bits(rowOf(index)),
        64,
      ),
    ).toBeLessThan(0.02)
  })
})

test('the same place gives the same numbers, on every machine and for ever', () => {
  expect([0, 1, 2, 2 ** 32, 2 ** 53 - 1].map((row) => draws.bits(row))).toEqual([1856329499, 935893026, 1576807869, 4265165659, 4041975523])
  expect(createDraws(randomKey(1, 'orders', 'amount')).unit(5, 2)).toBe(draws.unit(5, 2))
})

test('the high and the low bits of a unit know nothing of each other', () => {
  const counts = new Uint32Array(4096)
  for (let row = 0; row < ROWS; row += 1) {
    const scaled = draws.unit(row) * 2 ** 53
    counts[(Math.floor(scaled / 2 ** 47) << 6) | (scaled % 64)]! += 1
  }
  expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
})

test('another seed, table, column or fork is another stream', () => {
  const streams = [
    draws,
    ...[randomKey(2, 'orders', 'amount'), randomKey(1, 'order', 'samount'), randomKey(1, 'orders', 'id')].map(createDraws),
    draws.fork('a'),
    draws.fork('b'),
  ]
  expect(new Set(streams.map((stream) => stream.bits(0))).size).toBe(streams.length)
})

test('a unit is below 1 and a whole number below its bound, at the edges too', () => {
  for (const bound of [1, 2, 3, 1000, 65_536, 65_537, 2 ** 31, 2 ** 32 + 1, 2 ** 53]) {
    for (let row = 0; row < 2000; row += 1) {
      const value = draws.below(row, bound)
      expect(Number.isSafeInteger(value) && value >= 0 && value < bound).toBe(true)
    }
  }
})

test.each([3, 10, 97, 70_000])('each whole number below %i comes equally often', (bound) => {
  const counts = new Uint32Array(bound)
  for (let row = 0; row < ROWS; row += 1) counts[draws.below(row, bound)]! += 1
  expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
})

describe('permutations', () => {
  test.each([0, 1, 2, 3, 10, 4096, 4097, 65_536, 1_000_003])('of %i are bijections', (size) => {
    const permutation = createPermutation(size, key)
    const seen = new Uint8Array(size)
    for (let index = 0; index < size; index += 1) seen[permutation(index)]! += 1
    expect(seen.every((count) => count === 1)).toBe(true)
  })

  test('of more than 2^31 values stay inside and do not repeat', () => {
    for (const size of [2 ** 31 + 11, 10 ** 12, 2 ** 53]) {
      const permutation = createPermutation(size, key)
      const seen = new Set(Array.from({ length: 50_000 }, (_, index) => permutation(index)))
      expect(seen.size).toBe(50_000)
      for (const value of seen) expect(Number.isSafeInteger(value) && value >= 0 && value < size).toBe(true)
    }
  })

  test('spread neighbours evenly and keep no order', () => {
    const size = 1_000_003
    const permutation = createPermutation(size, key)
    const counts = new Uint32Array(100)
    let rising = 0
    for (let index = 0; index < 100_000; index += 1) {
      counts[Math.floor((permutation(index) / size) * 100)]! += 1
      if (permutation(index + 1) > permutation(index)) rising += 1
    }
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4)
    expect(Math.abs(rising - 50_000)).toBeLessThan(4.5 * Math.sqrt(100_000 / 4))
  })

  test('another key is another order, and one step is the same as the whole', () => {
    const other = createPermutation(1000, randomKey('other'))
    const same = createPermutation(1000, key)
    const agree = Array.from({ length: 1000 }, (_, index) => index).filter((index) => other(index) === same(index))
    expect(agree.length).toBeLessThan(10)
    expect(permute(5, 1000, key)).toBe(same(5))
  })
})
