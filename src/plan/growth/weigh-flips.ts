import type { PlanFlip, PlanTie } from './plan-growth.js'
import { explainFlip } from './explain-flip.js'
import { splitTies, type BackAndForth, type PlacedPoint, type RawFlip } from './find-flips.js'
import { planHead } from '../shape.js'

/**
 * Two plans whose costs differ by less than so much tie. The planner itself does not tell costs apart that differ by less than 1 %
 * (STD_FUZZ_FACTOR in pathnode.c) and then takes the plan with the cheaper start, so that where it flips they may already be 1 % apart.
 */
const TIE = 0.02

/** What a plan that was not chosen costs at a point; `undefined` when that cannot be known. */
export type AlternativeCost = (at: PlacedPoint, wanted: PlacedPoint) => Promise<number | undefined>

/**
 * Tells flips from ties: where the plan goes to and fro, or where over a whole step of sizes neither plan is cheaper by as much as 2 %.
 *
 * @param points of all sizes, ascending: the next ones below and above a flip say how the costs go on
 */
export async function weighFlips(
  raw: readonly RawFlip[],
  points: readonly PlacedPoint[],
  alternativeCost: AlternativeCost,
): Promise<{ readonly flips: readonly Omit<PlanFlip, 'confirmed'>[]; readonly ties: readonly PlanTie[] }> {
  const split = splitTies(raw)
  const weighed: Omit<PlanFlip, 'confirmed'>[] = []
  const tied: PlanTie[] = []
  const flips = [...split.flips]
  for (const tie of split.ties) {
    if (await isThereAndBack(tie, points, alternativeCost)) flips.push(...tie.flips)
    else tied.push(tieOf(tie))
  }
  for (const flip of flips.toSorted((a, b) => a.below.place - b.below.place)) {
    const { below, above } = flip
    const before = points.findLast(({ place, shape }) => place < below.place && shape === below.shape)
    const after = points.find(({ place, shape }) => place > above.place && shape === above.shape)
    const costs = []
    for (const at of [before, below].filter((point) => point !== undefined))
      costs.push({ rows: at.rows, from: at.cost, to: await alternativeCost(at, above) })
    for (const at of [above, after].filter((point) => point !== undefined))
      costs.push({ rows: at.rows, from: await alternativeCost(at, below), to: at.cost })
    const ends = [...(before === undefined ? [] : costs.slice(0, 1)), ...(after === undefined ? [] : costs.slice(-1))]
    const isTie =
      ends.length > 0 &&
      ends.every(({ from, to }) => from !== undefined && to !== undefined && Math.abs(from - to) < TIE * Math.min(from, to))
    if (isTie) {
      const share = Math.max(...ends.map(({ from = 0, to = 1 }) => Math.abs(from / to - 1) * 100))
      tied.push({
        between: (before ?? below).rows,
        and: (after ?? above).rows,
        plans: [below.plan, above.plan],
        why: `both plans cost the same to the planner: they differ by at most ${share.toFixed(2)} %`,
      })
    } else weighed.push({ above: below.rows, from: below.plan, to: above.plan, costs, why: explainFlip(below.plan, above.plan) })
  }
  return { flips: weighed, ties: tied }
}

/** A plan that is clearly cheaper over a stretch, with the old one before and after it, flips twice. */
async function isThereAndBack({ flips }: BackAndForth, points: readonly PlacedPoint[], alternativeCost: AlternativeCost): Promise<boolean> {
  const [there, back] = flips
  if (flips.length !== 2 || there === undefined || back === undefined) return false
  const between = points.filter(({ place }) => place >= there.above.place && place <= back.below.place)
  const middle = between[Math.floor(between.length / 2)]
  if (middle === undefined) return false
  const other = await alternativeCost(middle, there.below)
  return other !== undefined && Math.abs(other - middle.cost) >= TIE * middle.cost
}

function tieOf({ flips, between, and }: BackAndForth): PlanTie {
  const plans = new Map(flips.flatMap(({ below, above }) => [below, above]).map(({ shape, plan }) => [shape, plan]))
  return { between, and, plans: [...plans.values()], why: `the plan goes to and fro: ${[...plans.values()].map(planHead).join(' | ')}` }
}
