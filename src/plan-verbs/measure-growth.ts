import { whileMeasuring } from './measuring.js'
import { countPlan, countRecording, type CountedWork } from './count-work.js'
import { findLaw, fitPower } from '../plan/growth/fit.js'
import { printWorkGrowth } from '../plan/growth/print-work-growth.js'
import { WORK_MEASURES, type GrowthPoint, type MeasureFit, type WorkGrowth, type WorkMeasure } from '../plan/growth/work-growth.js'
import { isPlan, type Plan } from '../plan/plan.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { isRecording, type Recording } from '../wire/recording/recording.js'

/** What is done at every size. What the size is of, is the scenario's own: rows, users, items of a page. */
export interface GrowthScenario {
  /** Makes the data as large as `size`; sizes come in ascending order. Analyse the tables, as `postgres.grow` does: plans depend on it. */
  readonly seed: (size: number) => unknown
  /** Does what is to be counted, and gives the evidence of it: of `suite.record(...)` or `postgres.explain(...)`. */
  readonly act: (size: number) => Promise<Recording | Plan> | Recording | Plan
}

const LEAST_SIZES = 3
/** Below this span a tree of one level more looks like growth. */
const LEAST_SPAN = 8

/**
 * How the work of an action grows with the size of the data: buffers, rows examined, statements, round trips and commands, counted at each size,
 * never timed, with the power of n that fits them best (least squares over logarithms).
 *
 * @example
 * const growth = await measureGrowth(
 *   { seed: (orders) => suite.postgres.grow({ orders }), act: () => suite.record(() => app.inject('/orders')) },
 *   [1_000, 8_000, 64_000],
 * )
 * expect(growth).toGrowAtMost('O(log n)')
 *
 * @param sizes at least 3, ascending, the largest at least 8 times the smallest
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for other sizes, before anything is seeded
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` when `act` gives something in which nothing is counted
 */
export async function measureGrowth(scenario: GrowthScenario, sizes: readonly number[]): Promise<WorkGrowth> {
  checkScenario(scenario)
  checkSizes(sizes)
  const counted: (CountedWork & { readonly size: number })[] = []
  await whileMeasuring(async () => {
    for (const size of sizes) {
      await scenario.seed(size)
      counted.push({ size, ...count(await scenario.act(size)) })
    }
  })
  const points = counted.map(({ size, counts, work }): GrowthPoint => freezeAll({ size, counts, work: freezeAll(work.map(freezeAll)) }))
  const fits = WORK_MEASURES.flatMap((measure) => fitMeasure(measure, points))
  const facts = { points: freezeAll(points), fits: freezeAll(fits.map(freezeAll)), uncounted: findUncounted(counted) }
  const growth = { kind: 'work-growth' as const, ...facts }
  // Not enumerable, so that the evidence stays plain data to `toEqual`, snapshots and structuredClone.
  Object.defineProperty(growth, 'toString', { value: (): string => printWorkGrowth(facts).join('\n') })
  return Object.freeze(growth)
}

function checkScenario(scenario: GrowthScenario): void {
  if (typeof scenario !== 'object' || scenario === null) throw wrongOption('measureGrowth()', '{ seed, act }', scenario)
  checkOptionNames(scenario, ['seed', 'act'], 'measureGrowth()')
  for (const name of ['seed', 'act'] as const) {
    if (typeof scenario[name] !== 'function') throw wrongOption(name, 'a function of the size', scenario[name])
  }
}

function checkSizes(sizes: readonly number[]): void {
  const isAscending = Array.isArray(sizes) && sizes.every((size, index) => Number.isSafeInteger(size) && size > (sizes[index - 1] ?? 0))
  if (!isAscending) throw wrongOption('sizes', 'whole numbers above 0 in ascending order, such as [1_000, 8_000, 64_000]', sizes)
  const span = (sizes.at(-1) ?? 0) / (sizes[0] ?? 1)
  if (sizes.length >= LEAST_SIZES && span >= LEAST_SPAN) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Growth cannot be told from ${sizes.length} sizes over a factor of ${Number(span.toPrecision(3))}: ${sizes.join(', ')}.`,
    remedy: `Give at least ${LEAST_SIZES} sizes, the largest at least ${LEAST_SPAN} times the smallest: [1_000, 8_000, 64_000].`,
  })
}

function count(evidence: unknown): CountedWork {
  if (isPlan(evidence)) {
    if (evidence.analyzed) return countPlan(evidence)
    throw uncountable('a plan that was not executed, in which nothing is counted', 'Explain with { analyze: true }, which is the default.')
  }
  if (isRecording(evidence)) {
    if (!evidence.overlapping) return countRecording(evidence)
    throw uncountable('a recording that overlaps with another one, and holds the traffic of both', 'Record one after the other.')
  }
  throw uncountable(
    evidence === undefined ? 'nothing' : 'something else',
    'Return what suite.record(…) or postgres.explain(…) gives: act: () => suite.record(() => …)',
  )
}

function uncountable(what: string, remedy: string): HotbedError {
  return new HotbedError('ERR_HOTBED_EVIDENCE', { message: `act has to give a recording or an executed plan, and gave ${what}.`, remedy })
}

function fitMeasure(measure: WorkMeasure, points: readonly GrowthPoint[]): readonly MeasureFit[] {
  const counts = points.flatMap((point) => point.counts[measure] ?? [])
  if (counts.length < points.length) return []
  const sizes = points.map(({ size }) => size)
  return [{ measure, counts: freezeAll(counts), ...fitPower(sizes, counts), law: findLaw(sizes, counts) }]
}

function findUncounted(counted: readonly (CountedWork & { readonly size: number })[]): WorkGrowth['uncounted'] {
  const planless = counted.find((point) => point.planless !== undefined)
  const reasons: Partial<Record<WorkMeasure, string>> = {}
  for (const measure of WORK_MEASURES) {
    if (counted.every(({ counts }) => counts[measure] !== undefined)) continue
    const isRead = measure === 'buffers' || measure === 'rowsExamined'
    reasons[measure] =
      isRead && planless !== undefined
        ? `at n = ${planless.size} a statement has no plan: ${planless.planless}`
        : 'act gave a plan, which is of one statement'
  }
  return Object.freeze(reasons)
}

function freezeAll<Value extends object>(value: Value): Value {
  return Object.freeze(value)
}
