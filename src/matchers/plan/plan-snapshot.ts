import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { formatCount } from '../../plan/print.js'
import { readOnePlan } from '../message/judged-plans.js'
import { snapshotShape } from './snapshot-shape.js'

/** How `toMatchPlanSnapshot` compares. */
export interface PlanSnapshotOptions {
  /** How far above the budget of the snapshot the buffers may be, as a share of it. @default 0.1 */
  readonly tolerance?: number
}

/** What is kept of a plan. */
export interface PlanSnapshot {
  readonly shape: string
  /** Undefined for a plan that was only estimated. */
  readonly buffers: number | undefined
  /** The major version of PostgreSQL. */
  readonly major: string
  /** `work_mem = 1MB`: planner settings that are not PostgreSQL's defaults. */
  readonly settings: readonly string[]
}

/** @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan, `ERR_HOTBED_OPTION` for other options */
export function capturePlan(received: unknown, options: PlanSnapshotOptions = {}): PlanSnapshot {
  const plan = readOnePlan(received, 'toMatchPlanSnapshot')
  checkOptions(options)
  return {
    shape: snapshotShape(plan),
    buffers: plan.root.actual?.buffers?.cumulative.total,
    major: plan.postgresVersion.split('.', 1)[0] ?? '',
    // Where tables are looked for is seen in the plan itself.
    settings: Object.entries(plan.settings).flatMap(([name, value]) => (name === 'search_path' ? [] : [`${name} = ${value}`])),
  }
}

/** The text in the file, which `parsePlanSnapshot` reads. */
export function renderPlanSnapshot({ shape, buffers, major, settings }: PlanSnapshot): string {
  return [shape, ...(buffers === undefined ? [] : [`buffers <= ${buffers}`]), `PostgreSQL ${major}`, ...settings].join('\n')
}

/** Also what people have written into the file by hand: a budget of their own. */
export function parsePlanSnapshot(text: string): PlanSnapshot {
  const lines = text
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
  const at = lines.findLastIndex((line) => line.startsWith('PostgreSQL '))
  const end = at < 0 ? lines.length : at
  const [, buffers] = /^buffers <= ([\d,_]+)$/.exec(lines[end - 1] ?? '') ?? []
  return {
    shape: lines.slice(0, buffers === undefined ? end : end - 1).join('\n'),
    buffers: buffers === undefined ? undefined : Number(buffers.replaceAll(/[,_]/g, '')),
    major: lines[at]?.slice('PostgreSQL '.length) ?? '',
    settings: at < 0 ? [] : lines.slice(at + 1),
  }
}

/** What came of a comparison. */
export interface PlanComparison {
  readonly pass: boolean
  /** Why neither verdict would say anything. */
  readonly refusal: string | undefined
  /** What differs, each in a line. */
  readonly differences: readonly string[]
  /** The plan as it would be kept, without what is within the tolerance. */
  readonly resolved: string
}

/** Shapes have to be equal, and the buffers within the budget. Plans under other planner settings are not compared. */
export function comparePlanSnapshots(
  plan: PlanSnapshot,
  kept: PlanSnapshot,
  { tolerance = 0.1 }: PlanSnapshotOptions = {},
): PlanComparison {
  const refusal = refuse(plan, kept)
  const within = plan.buffers === undefined || kept.buffers === undefined || plan.buffers <= kept.buffers * (1 + tolerance)
  const differences = [
    ...(plan.shape === kept.shape ? [] : ['  The plan has another shape.']),
    ...(within
      ? []
      : [`  Read ${formatCount(plan.buffers)} buffers   budget ${formatCount(kept.buffers)}, and ${formatCount(tolerance * 100)} % more`]),
  ]
  const moved = differences.length > 0 && plan.major !== kept.major
  return {
    pass: refusal === undefined && differences.length === 0,
    refusal,
    differences: [
      ...differences,
      ...(moved ? [`  It was kept on PostgreSQL ${kept.major}, and this is ${plan.major}: plans may differ by the version alone.`] : []),
    ],
    resolved: renderPlanSnapshot({ ...plan, buffers: within ? (kept.buffers ?? plan.buffers) : plan.buffers }),
  }
}

/**
 * A plan as text for the snapshots of other runners: `expect(printPlanSnapshot(plan)).toMatchSnapshot()`. The budget is rounded up to 1, 2 or 5
 * with noughts, so that small changes do not change the text.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan
 */
export function printPlanSnapshot(received: unknown): string {
  const snapshot = capturePlan(received)
  return renderPlanSnapshot({ ...snapshot, buffers: snapshot.buffers === undefined ? undefined : roundUp(snapshot.buffers) })
}

function refuse(plan: PlanSnapshot, kept: PlanSnapshot): string | undefined {
  const added = plan.settings.filter((setting) => !kept.settings.includes(setting))
  const missing = kept.settings.filter((setting) => !plan.settings.includes(setting))
  if (added.length > 0 || missing.length > 0) {
    const list = (settings: readonly string[]): string => (settings.length === 0 ? 'the defaults' : settings.join(', '))
    return `it was kept under other planner settings: ${list(missing)} there, ${list(added)} here`
  }
  return plan.buffers === undefined && kept.buffers !== undefined
    ? 'it has a budget of buffers, and this plan was only estimated: its buffers were not counted'
    : undefined
}

function roundUp(buffers: number): number {
  if (buffers <= 1) return buffers
  const unit = 10 ** Math.floor(Math.log10(buffers))
  return unit * ([1, 2, 5, 10].find((step) => buffers <= step * unit) ?? 10)
}

function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ tolerance }', options)
  checkOptionNames(options, ['tolerance'], 'toMatchPlanSnapshot()')
  const { tolerance = 0.1 }: { readonly tolerance?: unknown } = options
  if (typeof tolerance !== 'number' || !(tolerance >= 0)) throw wrongOption('tolerance', 'a share from 0 on, such as 0.1', tolerance)
}
