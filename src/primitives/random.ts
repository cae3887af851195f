import { createHash } from 'node:crypto'

/** 128 bits that decide a stream of draws, as four 32-bit words. */
export type RandomKey = readonly [number, number, number, number]

/** Randomness without a state: a pure function of a key, a row and a draw. Rows are whole numbers from 0 to 2^53 - 1. */
export interface Draws {
  /** @internal What decides them: `createDraws(key)` makes the same ones elsewhere, such as in a worker thread. */
  readonly key: RandomKey
  /** 32 random bits. `draw` tells several numbers for one row apart. */
  readonly bits: (row: number, draw?: number) => number
  /** From 0 (included) to 1 (not), 53 bits. Shares its high bits with `bits` of the same draw. */
  readonly unit: (row: number, draw?: number) => number
  /** A whole number from 0 to `bound - 1`; `bound` at most 2^53. */
  readonly below: (row: number, bound: number, draw?: number) => number
  /** Draws that are independent of these, for a part of a value. */
  readonly fork: (name: string) => Draws
}

/** A bijection of the whole numbers from 0 to `size - 1`. */
export type Permutation = (index: number) => number

const TWO_32 = 2 ** 32
/** Tells the low bits of a unit from the high ones. */
const LOW = 0x5bd1e995
/** Up to here 32 bits are plenty: the bias of one value is below 2^-16 of its share. */
const SMALL_BOUND = 2 ** 16
/** Up to here a permutation is a shuffled table: Feistel networks over a handful of bits are poor shuffles. */
const TABLE_SIZE = 4096

/** A key for a place, such as seed, table and column. Places that differ in anything have keys that are unrelated. */
export function randomKey(...place: readonly (string | number)[]): RandomKey {
  const hash = createHash('sha256').update(JSON.stringify(place)).digest()
  return [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12)]
}

export function createDraws(key: RandomKey): Draws {
  const [key0, key1, key2, key3] = key
  const bits = (row: number, draw = 0): number => mix(key0, key1, key2, row, sideOf(row, draw, key3)) >>> 0
  const unit = (row: number, draw = 0): number => {
    const side = sideOf(row, draw, key3)
    const high = mix(key0, key1, key2, row, side)
    return ((high >>> 5) * 67_108_864 + (mixLow(key0 ^ LOW, key2, row, side, high) >>> 6)) / 9_007_199_254_740_992
  }
  return {
    key,
    bits,
    unit,
    below: (row, bound, draw = 0) =>
      bound <= SMALL_BOUND ? Math.floor((bits(row, draw) * bound) / TWO_32) : Math.floor(unit(row, draw) * bound),
    fork: (name) => createDraws(randomKey(...key, name)),
  }
}

/** What of row and draw does not fit into 32 bits; 0 for the first draw of an ordinary row. */
function sideOf(row: number, draw: number, key: number): number {
  const side = Math.imul(draw, 0x9e3779b1)
  return row < TWO_32 ? side : side ^ scramble((row / TWO_32) ^ key)
}

/**
 * Two keyed 32-bit bijections of the row, xored: each alone would never repeat a value, which true randomness does.
 * Keys, draw and high half of the row enter between the multiplications, so that neighbours in any of them share nothing.
 * Signed, because V8 keeps signed 32-bit numbers without an allocation.
 */
function mix(key0: number, key1: number, key2: number, row: number, side: number): number {
  let a = (row | 0) ^ key0
  a = Math.imul(a ^ (a >>> 16), 0x21f0aaad)
  a = Math.imul(a ^ (a >>> 15), 0x735a2d97)
  a ^= a >>> 15
  let b = (a + key1 + side) | 0
  b = Math.imul(b ^ (b >>> 17), 0xed5ad4bb)
  b = Math.imul(b ^ (b >>> 11), 0xac4c1b51)
  b = Math.imul(b ^ (b >>> 15), 0x31848bab)
  let c = ((a << 13) | (a >>> 19)) ^ (key2 + Math.imul(side, 0x85ebca6b))
  c = Math.imul(c ^ (c >>> 16), 0x7feb352d)
  c = Math.imul(c ^ (c >>> 15), 0x846ca68b)
  return b ^ (b >>> 14) ^ c ^ (c >>> 16)
}

/** 26 more bits for the same row: another keyed bijection, and the high bits. */
function mixLow(key0: number, key2: number, row: number, side: number, high: number): number {
  let a = ((row | 0) ^ key0) + Math.imul(side, 0xc2b2ae35)
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d)
  a = Math.imul(a ^ (a >>> 15), 0x846ca68b) + key2
  a = Math.imul(a ^ (a >>> 16) ^ high, 0x2c1b3c6d)
  return a ^ (a >>> 15)
}

function scramble(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** A permutation that needs no memory: `size` may be up to 2^53. */
export function createPermutation(size: number, key: RandomKey): Permutation {
  return size <= TABLE_SIZE ? shuffledTable(size, key) : size <= 2 ** 31 ? feistel32(size, key) : feistel53(size, key)
}

/** One step of `createPermutation`, for those who need it once. */
export function permute(index: number, size: number, key: RandomKey): number {
  return createPermutation(size, key)(index)
}

function shuffledTable(size: number, key: RandomKey): Permutation {
  const { below } = createDraws(key)
  const table = Uint16Array.from({ length: size }, (_, index) => index)
  for (let last = size - 1; last > 0; last -= 1) {
    const other = below(last, last + 1)
    const kept = table[last] ?? 0
    table[last] = table[other] ?? 0
    table[other] = kept
  }
  return (index) => table[index] ?? 0
}

/** Four Feistel rounds over the next even number of bits; whoever lands outside walks on until it is inside. */
function feistel32(size: number, key: RandomKey): Permutation {
  const half = Math.ceil(Math.log2(size) / 2)
  const mask = 2 ** half - 1
  const [key0, key1, key2, key3] = key
  return (index) => {
    let value = index
    do {
      let left = value >>> half
      let right = value & mask
      left ^= round(right, key0) & mask
      right ^= round(left, key1) & mask
      left ^= round(right, key2) & mask
      right ^= round(left, key3) & mask
      // Not `<<`: 32 bits would turn negative.
      value = left * (mask + 1) + right
    } while (value >= size)
    return value
  }
}

function feistel53(size: number, key: RandomKey): Permutation {
  const half = Math.ceil(Math.log2(size) / 2)
  const width = 2 ** half
  const mask = width - 1
  return (index) => {
    let value = index
    do {
      let left = Math.floor(value / width)
      let right = value - left * width
      for (let turn = 0; turn < 4; turn += 2) {
        left ^= round(right, key[turn] ?? 0) & mask
        right ^= round(left, key[turn + 1] ?? 0) & mask
      }
      value = left * width + right
    } while (value >= size)
    return value
  }
}

function round(value: number, key: number): number {
  let x = value ^ key
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}
