import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { GROWTH_LAWS, holdsLaw, type GrowthLaw } from '../../plan/growth/fit.js'
import { measureLabel, printWorkGrowth } from '../../plan/growth/print-work-growth.js'
import {
  isWorkGrowth,
  WORK_MEASURES,
  type MeasureFit,
  type WorkDone,
  type WorkGrowth,
  type WorkMeasure,
} from '../../plan/growth/work-growth.js'
import { heaviestNode } from '../../plan/heaviest-node.js'
import { formatCount } from '../../plan/print.js'
import type { Plan } from '../../plan/plan.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { pathLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

/** Which counts are judged. */
export interface GrowthBounds {
  /** One count or several. @default every count that is known at each size */
  readonly measure?: WorkMeasure | readonly WorkMeasure[]
}

/**
 * Passes when the work grows no faster than the law: every count, or those of `measure`. A count keeps to `O(f)` when, divided by f(n), it grows
 * with an exponent of at most 0.1 by least squares over logarithms. A lookup by an index is `O(log n)`: its tree gets higher. What is large
 * and hardly grows at the sizes given hides how it grows beyond them, so let the largest be as large as time allows.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no work growth, a count that is not known, and where nothing was done at all
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for another law or measure
 */
export function toGrowAtMost(received: unknown, law: GrowthLaw, bounds: GrowthBounds = {}): MatcherVerdict {
  if (!isWorkGrowth(received))
    throw wrongEvidence(received, 'toGrowAtMost', 'the growth of work', 'const growth = await measureGrowth({ seed, act }, sizes)')
  if (!GROWTH_LAWS.includes(law)) throw wrongOption('law', `one of ${GROWTH_LAWS.map((one) => `'${one}'`).join(', ')}`, law)
  const judged = readMeasures(bounds).map((measures) => fitsOf(received, measures))[0] ?? received.fits
  if (received.fits.every(({ counts }) => counts.every((count) => count === 0))) {
    throw unjudgeable(['toGrowAtMost judges work, and at no size was anything read or sent.'], 'Let act do what is to be measured.')
  }
  const sizes = received.points.map(({ size }) => size)
  const faster = judged.filter(({ counts }) => !holdsLaw(law, sizes, counts))
  const [worst] = faster.toSorted((a, b) => b.exponent - a.exponent)
  const table = printWorkGrowth(received).map((line) => `  ${line}`)
  return makeVerdict(
    worst === undefined,
    () => [
      `The work grows faster than ${law}: ${faster.map(({ measure, law: found }) => `${measureLabel(measure)} ${found === undefined ? 'faster than O(n²)' : `as ${found}`}`).join(', ')}.`,
      ...table,
      ...(worst === undefined ? [] : culpritLines(received, worst)),
    ],
    () => [`The work grows at most as ${law}.`, ...table],
  )
}

function fitsOf({ fits, uncounted }: WorkGrowth, measures: readonly WorkMeasure[]): readonly MeasureFit[] {
  return measures.map((measure) => {
    const fit = fits.find((one) => one.measure === measure)
    if (fit !== undefined) return fit
    throw unjudgeable(
      [
        `toGrowAtMost was to judge ${measureLabel(measure)}, which could not be counted: ${uncounted[measure] ?? 'it is not in the evidence'}.`,
      ],
      'Let act give a recording with plans: () => suite.record(() => …)',
    )
  })
}

/** A list of none or one, so that nothing said and an empty list are told apart. */
function readMeasures(bounds: unknown): readonly (readonly WorkMeasure[])[] {
  if (typeof bounds !== 'object' || bounds === null) throw wrongOption('bounds', '{ measure }', bounds)
  checkOptionNames(bounds, ['measure'], 'toGrowAtMost()')
  const { measure }: { readonly measure?: unknown } = bounds
  if (measure === undefined) return []
  const measures: readonly unknown[] = Array.isArray(measure) ? measure : [measure]
  const known = measures.filter((one): one is WorkMeasure => WORK_MEASURES.some((name) => name === one))
  if (known.length === 0 || known.length < measures.length)
    throw wrongOption('measure', `of ${WORK_MEASURES.map((name) => `'${name}'`).join(', ')}`, measure)
  return [known]
}

/** The statement or command whose count grew most from the smallest size to the largest, and what of it did. */
function culpritLines({ points }: WorkGrowth, { measure }: MeasureFit): readonly string[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return []
  const countOf = (done: WorkDone): number => (measure === 'roundTrips' ? done.times : (done.counts[measure] ?? 0))
  const before = (done: WorkDone): WorkDone | undefined => first.work.find(({ text, store }) => text === done.text && store === done.store)
  const grown = (done: WorkDone): number => {
    const earlier = before(done)
    return countOf(done) - (earlier === undefined ? 0 : countOf(earlier))
  }
  const [culprit] = last.work.toSorted((a, b) => grown(b) - grown(a))
  if (culprit === undefined) return []
  const times = `executed ${formatCount(before(culprit)?.times ?? 0)}× at n = ${formatCount(first.size)}, ${formatCount(culprit.times)}× at n = ${formatCount(last.size)}`
  const text = culprit.text.replaceAll(/\s+/g, ' ').trim()
  const lines = ['', `  ${text.length <= 130 ? text : `${text.slice(0, 129)}…`}`]
  if (measure === 'commands' || culprit.store === 'redis')
    return [...lines, `  ${times}`, '  Ask once for all of them: MGET, a hash, or one pipeline.']
  if (measure === 'statements' || measure === 'roundTrips')
    return [...lines, `  ${times}`, '  Ask once for all of them: … WHERE id = ANY($1), or a join.']
  const { plan } = culprit
  if (culprit.times > 1) lines.push(`  ${times}`)
  if (plan === undefined) return lines
  return [...lines, `  at n = ${formatCount(last.size)}:`, ...pathLines(plan, [heaviestNode(plan)]), ...remedyLines(plan)]
}

/** What can be told of the cause from the plan alone. */
function remedyLines(plan: Plan): readonly string[] {
  const node = heaviestNode(plan)
  const { actual } = node
  if (actual === undefined) return []
  const removed = actual.rowsRemoved.byFilter
  if (/\boffset\b/i.test(plan.sql) && actual.rows > 2 * (plan.root.actual?.rows ?? 0))
    return ['  OFFSET reads the rows before the page and throws them away; continue after the last row seen (keyset pagination).']
  if (removed > actual.rows)
    return ['  Most rows are read and thrown away: an index on the columns of the Filter reads only those that are asked for.']
  return []
}
