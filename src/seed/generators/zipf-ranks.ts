import type { Draws, Permutation } from '../../primitives/random.js'
import { createAliasTable } from './alias-table.js'

/** Up to here a table is kept (16 bytes a value); above, each draw inverts the distribution, which costs time and no memory. */
const MAX_TABLE = 1_000_000

/**
 * Draws indexes from 0 to `size - 1`. The index of rank r, which `permutation` names, has a share in proportion to 1 / (r + 1)^exponent:
 * the hot ones are not the first.
 */
export function createZipfIndexes(size: number, exponent: number, draws: Draws, permutation: Permutation): (row: number) => number {
  if (size <= MAX_TABLE) return byTable(size, exponent, draws, permutation)
  const rank = byInversion(size, exponent, draws)
  return (row) => permutation(rank(row))
}

function byTable(size: number, exponent: number, { unit }: Draws, permutation: Permutation): (row: number) => number {
  const weights = new Float64Array(size)
  for (let rank = 0; rank < size; rank += 1) weights[permutation(rank)] = (rank + 1) ** -exponent
  const { pick } = createAliasTable(weights)
  return (row) => pick(unit(row))
}

/** Rejection-inversion: W. Hörmann and G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", 1996. */
function byInversion(size: number, exponent: number, draws: Draws): (row: number) => number {
  const power = 1 - exponent
  const isLog = Math.abs(power) < 1e-9
  const integral = (x: number): number => (isLog ? Math.log(x) : (x ** power - 1) / power)
  const inverse = (y: number): number => (isLog ? Math.exp(y) : (1 + power * y) ** (1 / power))
  const low = integral(1.5) - 1
  const high = integral(size + 0.5)
  const shortcut = 2 - inverse(integral(2.5) - 2 ** -exponent)
  const { unit } = draws
  return (row) => {
    for (let draw = 0; ; draw += 1) {
      const y = high + unit(row, draw) * (low - high)
      const x = inverse(y)
      const value = Math.min(size, Math.max(1, Math.round(x)))
      if (value - x <= shortcut || y >= integral(value + 0.5) - value ** -exponent) return value - 1
    }
  }
}
