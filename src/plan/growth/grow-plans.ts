import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { ExplainOptions } from '../explain.js'
import { readParameterSets, type ParameterSet, type ParameterSets } from '../parameter-sets.js'
import { openProjection, type Projection, type ProjectionHost, type ProjectionOptions } from '../projection/open-projection.js'
import { planShape } from '../shape.js'
import { readStatement, type ExplainableStatement } from '../statement.js'
import { isTableNamed } from '../walk.js'
import { findAlternative } from './alternative.js'
import { findFlips, type PlacedPoint } from './find-flips.js'
import type { PlanGrowth, PlanGrowthSet, TableRows } from './plan-growth.js'
import { printPlanGrowth } from './print-plan-growth.js'
import { checkRanges, ladder, rowsAt, type GrowthRange, type TableRange } from './size-ladder.js'
import { weighFlips } from './weigh-flips.js'

/** How the plan is followed while tables grow. */
export interface PlanGrowthOptions extends Pick<ExplainOptions, 'generic' | 'settings' | 'timeoutMs'> {
  /** How columns go on when their table grows, as for `explainAtScale`. @default as the dataset says */
  readonly columns?: ProjectionOptions['columns']
  /** How many sizes are planned at, in equal steps of the logarithm; changes between them are narrowed down to 2 %. @default 12 */
  readonly sizes?: number
  /**
   * Checks every forecast flip with real rows: the suite's own database grows, through `grow`, to 10 % below and 10 % above the flip, and the
   * statement is executed there. Takes as long as loading the rows, and needs a dataset. @default false
   */
  readonly confirm?: boolean
}

const OPTION_NAMES = ['generic', 'settings', 'timeoutMs', 'columns', 'sizes', 'confirm']
const LEAST_SIZES = 12

/** A checked call: nothing has been asked of a server yet. */
export interface PlanGrowthRequest {
  readonly statement: ExplainableStatement
  readonly sql: string
  readonly sets: readonly ParameterSet[]
  readonly ranges: Readonly<Record<string, GrowthRange>>
  readonly options: PlanGrowthOptions
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_PLAN` */
export function readPlanGrowth(
  statement: ExplainableStatement,
  values: readonly unknown[] | ParameterSets | undefined,
  ranges: Readonly<Record<string, GrowthRange>>,
  options: PlanGrowthOptions = {},
): PlanGrowthRequest {
  checkOptionNames(options, OPTION_NAMES, 'planGrowth()')
  checkRanges(ranges)
  const { sizes = LEAST_SIZES, confirm = false } = options
  if (!Number.isInteger(sizes) || sizes < LEAST_SIZES || sizes > 100)
    throw wrongOption('sizes', `a whole number from ${LEAST_SIZES} to 100`, sizes)
  if (typeof confirm !== 'boolean') throw wrongOption('confirm', 'true or false', confirm)
  // A list is the values of the statement: of lists of values, nobody could tell which of them is an array.
  const sets = values === undefined || Array.isArray(values) ? [{ name: 'values', params: values ?? [] }] : readParameterSets(values)
  const read = sets.map((set) => {
    // A statement that brings its values with it is asked for them.
    const { sql, params } = readStatement(statement, values === undefined ? undefined : set.params, { valuesNeeded: true })
    return { sql, set: { name: set.name, params } }
  })
  return { statement, sql: read[0]?.sql ?? '', sets: read.map(({ set }) => set), ranges, options }
}

/**
 * Follows the plan of a statement while tables grow, in a database that is made for it and has no rows. Nothing is executed.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` when a table does not grow, or none of them is read; and as `openProjection` and `explain`
 */
export async function growPlans(host: ProjectionHost, request: PlanGrowthRequest): Promise<PlanGrowth> {
  const { sql, sets, ranges, options } = request
  const { columns, sizes = LEAST_SIZES } = options
  const projection = await openProjection(host, { tables: Object.keys(ranges), columns })
  const prober = await createProber(projection, request)
  const places = ladder(sizes)
  const probed: (readonly PlacedPoint[])[] = []
  for (const place of places) probed.push(await prober.probe(place))
  refuseUntouched(Object.keys(ranges), probed)
  const grown: PlanGrowthSet[] = []
  for (const [index, { name, params }] of sets.entries()) {
    const ofSet = async (place: number): Promise<PlacedPoint> => pointOf(await prober.probe(place), index)
    const rungs = await Promise.all(places.map(ofSet))
    const raw = await findFlips(rungs, ofSet)
    const { flips, ties } = await weighFlips(raw, rungs, async (at, wanted) => {
      await projection.resize(at.rows)
      const explainWith = (settings: Readonly<Record<string, boolean>>) => prober.explain(index, settings)
      return (await findAlternative(host, host.role, explainWith, { chosen: at.plan, wanted: wanted.plan }))?.root.cost.total
    })
    const points = prober.places().map((place) => ofSet(place))
    grown.push({ name, params, points: await Promise.all(points), flips: flips.map((flip) => ({ ...flip, confirmed: undefined })), ties })
  }
  return makePlanGrowth({ sql, tables: prober.tables, sets: grown, notes: prober.notes() })
}

/** The plan of a statement that reads none of the tables stays the same for ever, which is no news of the statement. */
function refuseUntouched(grown: readonly string[], probed: readonly (readonly PlacedPoint[])[]): void {
  const points = probed.flat()
  const read = points.flatMap(({ plan }) => plan.schema.tables)
  if (grown.some((name) => read.some((table) => isTableNamed(name, table)))) return
  // Other tables can change with them: children keep their number per parent.
  if (probed.some((sets) => sets.some(({ cost }, set) => cost !== probed[0]?.[set]?.cost))) return
  const names = [...new Set(read.map(({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`)))]
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `The statement does not read ${grown.join(' or ')}, so its plan is the same at every size.`,
    remedy: names.length === 0 ? 'Name the tables that it reads.' : `It reads ${names.join(', ')}: let these grow.`,
  })
}

interface Prober {
  readonly tables: readonly TableRange[]
  /** Plans every set at a size; each size once. */
  readonly probe: (place: number) => Promise<readonly PlacedPoint[]>
  /** The places that were probed, ascending. */
  readonly places: () => readonly number[]
  /** Plans one set at the present size. */
  readonly explain: (set: number, settings?: Readonly<Record<string, boolean>>) => ReturnType<Projection['explain']>
  readonly notes: () => readonly string[]
}

async function createProber(projection: Projection, { statement, sets, ranges, options }: PlanGrowthRequest): Promise<Prober> {
  const { generic, settings, timeoutMs } = options
  const explaining = { ...(generic === undefined ? {} : { generic }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  const explain: Prober['explain'] = (set, switches) => {
    const own = settings === undefined && switches === undefined ? {} : { settings: { ...settings, ...switches } }
    return projection.explain(statement, sets[set]?.params, { ...explaining, ...own })
  }
  const largest: TableRows = Object.fromEntries(Object.entries(ranges).map(([table, { upTo }]) => [table, upTo]))
  // The first plan says how many rows were seeded.
  await projection.resize(largest)
  const seeded = new Map((await explain(0)).scale?.tables.map((table) => [table.table, table.seeded]))
  const tables = Object.entries(ranges).map(([table, { from, upTo }]) => rangeOf(table, seeded.get(table) ?? 1, from, upTo))
  const probed = new Map<number, readonly PlacedPoint[]>()
  const notes = new Set<string>()
  return {
    tables,
    explain,
    notes: () => [...notes],
    places: () => [...probed.keys()].toSorted((a, b) => a - b),
    probe: async (place) => {
      const known = probed.get(place)
      if (known !== undefined) return known
      const rows = rowsAt(tables, place)
      await projection.resize(rows)
      const points: PlacedPoint[] = []
      for (const set of sets.keys()) {
        const plan = await explain(set)
        for (const note of plan.scale?.notes ?? []) notes.add(note)
        points.push({ place, rows, shape: planShape(plan), cost: plan.root.cost.total, plan })
      }
      probed.set(place, points)
      return points
    },
  }
}

function rangeOf(table: string, seeded: number, from: number = Math.max(1, seeded), upTo: number): TableRange {
  if (upTo <= from) throw wrongOption(`rows.${table}.upTo`, `more than the ${from.toLocaleString('en-US')} rows that it starts from`, upTo)
  return { table, seeded, from, upTo }
}

function pointOf(points: readonly PlacedPoint[], set: number): PlacedPoint {
  const point = points[set]
  if (point === undefined) throw new TypeError(`there is no set ${set}`)
  return point
}

/** Evidence does not change. */
export function makePlanGrowth(facts: Omit<PlanGrowth, 'kind' | 'toString'>): PlanGrowth {
  const sets = facts.sets.map((set) => ({
    ...set,
    points: Object.freeze(set.points.map(({ rows, shape, cost, plan }) => Object.freeze({ rows: Object.freeze(rows), shape, cost, plan }))),
    flips: Object.freeze(set.flips.map((flip) => Object.freeze(flip))),
    ties: Object.freeze(set.ties.map((tie) => Object.freeze(tie))),
  }))
  const growth = { kind: 'plan-growth' as const, ...facts, sets: Object.freeze(sets.map((set) => Object.freeze(set))) }
  // Not enumerable, so that the evidence stays plain data to `toEqual`, snapshots and structuredClone.
  Object.defineProperty(growth, 'toString', { value: (): string => printPlanGrowth(growth).join('\n') })
  return Object.freeze(growth)
}
