/** How much work grows with the size n. */
export type GrowthLaw = 'O(1)' | 'O(log n)' | 'O(n)' | 'O(n log n)' | 'O(n²)'

/** Counts as a power of n: `count ≈ c · n^exponent`. */
export interface PowerFit {
  /** Near 0 for what does not grow, 1 for what doubles with the size. */
  readonly exponent: number
  /** How much of the counts' differences the fit explains, from 0 to 1; 1 when there are none. Says little where the exponent is near 0. */
  readonly r2: number
}

// One is added, so that a size of 1 has a logarithm to divide by.
const LAW: Readonly<Record<GrowthLaw, (size: number) => number>> = {
  'O(1)': () => 1,
  'O(log n)': (size) => Math.log2(size + 1),
  'O(n)': (size) => size,
  'O(n log n)': (size) => size * Math.log2(size + 1),
  'O(n²)': (size) => size ** 2,
}

/** From the slowest growth to the fastest. */
export const GROWTH_LAWS = Object.keys(LAW) as readonly GrowthLaw[]

/**
 * A law still holds when the counts, divided by it, grow with an exponent of up to so much. Measured from 2,000 to 512,000 rows, a lookup by an
 * index grows with 0.04 (its tree gets higher), a page by keyset with 0.02, and a missing index with 0.998: nothing lies between. A logarithm
 * itself grows with 0.1 there: among sizes above about a thousand, O(1) is not told from O(log n), nor O(n) from O(n log n).
 */
const TOLERANCE = 0.1

/** Least squares over the logarithms of sizes and counts. A count of 0 is taken as 1, which has a logarithm. */
export function fitPower(sizes: readonly number[], counts: readonly number[]): PowerFit {
  return fitLine(
    sizes.map(Math.log),
    counts.map((count) => Math.log(Math.max(1, count))),
  )
}

/** True when the counts grow no faster than the law. */
export function holdsLaw(law: GrowthLaw, sizes: readonly number[], counts: readonly number[]): boolean {
  const relative = sizes.map((size, index) => Math.log(Math.max(1, counts[index] ?? 0) / LAW[law](size)))
  return fitLine(sizes.map(Math.log), relative).exponent <= TOLERANCE
}

/** The slowest law that the counts keep to; `undefined` when they grow faster than all. */
export function findLaw(sizes: readonly number[], counts: readonly number[]): GrowthLaw | undefined {
  return GROWTH_LAWS.find((law) => holdsLaw(law, sizes, counts))
}

function fitLine(xs: readonly number[], ys: readonly number[]): PowerFit {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(xs), mean(ys)]
  const sum = (term: (x: number, y: number) => number): number =>
    xs.reduce((total, x, index) => total + term(x - meanX, (ys[index] ?? 0) - meanY), 0)
  const exponent = sum((x, y) => x * y) / sum((x) => x * x)
  const spread = sum((_, y) => y * y)
  return { exponent, r2: spread < 1e-12 ? 1 : 1 - sum((x, y) => (y - exponent * x) ** 2) / spread }
}
