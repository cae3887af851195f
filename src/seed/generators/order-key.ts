import { createPermutation, type Draws, type Permutation } from '../../primitives/random.js'

/** The permutation of a column: decided by its draws, but independent of its values. */
export function permutationOf(draws: Draws, size: number): Permutation {
  const { bits } = draws.fork('permutation')
  return createPermutation(size, [bits(0), bits(1), bits(2), bits(3)])
}
