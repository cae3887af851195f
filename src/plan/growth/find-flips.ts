import type { PlanPoint, TableRows } from './plan-growth.js'
import { areNear } from './size-ladder.js'

/** A point with its place between the first size and the last. */
export interface PlacedPoint extends PlanPoint {
  readonly place: number
}

/** Two neighbouring sizes with different plans. */
export interface RawFlip {
  readonly below: PlacedPoint
  readonly above: PlacedPoint
}

/** Flips are found to within so much of the size. */
const NEAR = 0.02
/** More probes than these are no search for a flip any more but two plans of the same cost. */
const MOST_PROBES = 60

/** Narrows every change of the plan between neighbouring points down, by halving the way between them. */
export async function findFlips(
  points: readonly PlacedPoint[],
  probe: (place: number) => Promise<PlacedPoint>,
): Promise<readonly RawFlip[]> {
  let probes = 0
  const narrow = async (below: PlacedPoint, above: PlacedPoint): Promise<readonly RawFlip[]> => {
    if (below.shape === above.shape) return []
    if (probes >= MOST_PROBES || areNear(below.rows, above.rows, NEAR)) return [{ below, above }]
    probes += 1
    const middle = await probe((below.place + above.place) / 2)
    return [...(await narrow(below, middle)), ...(await narrow(middle, above))]
  }
  const flips: RawFlip[] = []
  for (const [index, above] of points.entries()) {
    const below = points[index - 1]
    if (below !== undefined) flips.push(...(await narrow(below, above)))
  }
  return flips
}

/** Flips of which a later one brings an earlier plan back. */
export interface BackAndForth {
  readonly flips: readonly RawFlip[]
  readonly between: TableRows
  readonly and: TableRows
}

/** Takes out the stretches over which the plan goes to and fro: that is no flip, but two plans between which chance decides. */
export function splitTies(flips: readonly RawFlip[]): { readonly flips: readonly RawFlip[]; readonly ties: readonly BackAndForth[] } {
  const left: RawFlip[] = []
  const ties: BackAndForth[] = []
  let index = 0
  while (index < flips.length) {
    const flip = flips[index]
    if (flip === undefined) break
    const back = flips.findLastIndex(({ above }, other) => other > index && above.shape === flip.below.shape)
    const last = flips[back]
    if (last === undefined) {
      left.push(flip)
      index += 1
      continue
    }
    const among = flips.slice(index, back + 1)
    ties.push({ flips: among, between: flip.below.rows, and: last.above.rows })
    index = back + 1
  }
  return { flips: left, ties }
}
