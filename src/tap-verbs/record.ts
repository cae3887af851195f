import type { SuiteParts } from '../databases/suite-parts.js'
import { isHotbedError, type HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { createProver } from '../plan-verbs/create-prover.js'
import { withProver } from '../plan/provers.js'
import { namesParameters } from '../plan/names-parameters.js'
import { parsePlan } from '../plan/parse.js'
import { readSchema, type TableName } from '../plan/read-schema.js'
import type { Traffic } from '../wire/exchange.js'
import { createRecording } from '../wire/recording/create-recording.js'
import { withoutPlans } from './without-plans.js'
import { checkPools, watchPools, type WatchedPool } from './watch-pools.js'
import { estimatePlans } from '../plan-verbs/estimate-plans.js'
import type { PlanReader } from '../wire/recording/plans.js'
import type { Recording } from '../wire/recording/recording.js'

export interface RecordOptions {
  /** Whether statements bring the plan they really ran with. @default true */
  readonly plans?: boolean
  /** Pools of the application (`pg.Pool`) whose queue is to be watched: who waits for a connection sends nothing yet. @default none */
  readonly pools?: readonly WatchedPool[]
  /** The recording stays open until no new request has come for so long: fills that nobody waits for belong to it. @default 5 */
  readonly settleMs?: number
  /** Closes then in any case; what has no reply by then is in it without one. @default 5000 */
  readonly deadlineMs?: number
}

/** A recording that goes on until it is stopped. */
export interface OpenRecording {
  /** Waits for replies that are still to come, then gives what was recorded. A second call gives the same. */
  readonly stop: () => Promise<Recording<undefined>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const OPTIONS = ['plans', 'pools', 'settleMs', 'deadlineMs']

/** @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_DISPOSED` */
export async function startRecording(parts: SuiteParts, options?: RecordOptions): Promise<OpenRecording> {
  const close = await openWindow(parts, options)
  let stopping: Promise<Recording<undefined>> | undefined
  const stop = (): Promise<Recording<undefined>> => (stopping ??= close(undefined))
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

/** Records what happens while `act` runs. An error of `act` is thrown on, when the recording has been closed. */
export async function record<Result>(
  parts: SuiteParts,
  act: () => Promise<Result> | Result,
  options?: RecordOptions,
): Promise<Recording<Result>> {
  if (typeof act !== 'function') throw wrongOption('record()', 'a function that runs what is to be recorded', act)
  const close = await openWindow(parts, options)
  let result: Result
  try {
    result = await act()
  } catch (error) {
    await close(undefined)
    throw error
  }
  return close(result)
}

type CloseWindow = <Result>(result: Result) => Promise<Recording<Result>>

async function openWindow(parts: SuiteParts, options: RecordOptions = {}): Promise<CloseWindow> {
  checkOptionNames(options, OPTIONS, 'record()')
  const { plans = true, pools = [], settleMs = 5, deadlineMs = 5_000 } = options
  checkPools(pools)
  if (typeof plans !== 'boolean') throw wrongOption('plans', 'true or false', plans)
  for (const [name, value] of Object.entries({ settleMs, deadlineMs })) {
    if (!(value >= 0 && value < 2 ** 31)) throw wrongOption(name, 'milliseconds from 0 on', value)
  }
  const { facts, verbs } = parts
  const unavailable = plans ? facts.postgres?.plansUnavailable : undefined
  const window = await verbs.tap('openWindow', [{ plans: plans && unavailable === undefined }])
  const endPools = watchPools(pools)
  return async (result) => {
    const seen = (await verbs.tap('closeWindow', [window, { settleMs, deadlineMs }])) as Traffic
    const { traffic, readPlan } = await readPlans(parts, unavailable === undefined ? seen : withoutPlans(seen, unavailable, 'all'))
    const estimates = plans ? await estimatePlans(verbs, traffic).catch(ifUnreachable(() => undefined)) : undefined
    return createRecording(traffic, result, { readPlan, pools: endPools(), ...(estimates === undefined ? {} : { estimates }) })
  }
}

/** What a test has paused or killed cannot be asked about the tables of its plans; what it did before is still to be judged. */
async function readPlans(parts: SuiteParts, traffic: Traffic): Promise<{ readonly traffic: Traffic; readonly readPlan: PlanReader }> {
  const withNone = async (error: HotbedError): Promise<{ readonly traffic: Traffic; readonly readPlan: PlanReader }> => {
    const without = withoutPlans(
      traffic,
      `its tables could not be looked up at the end of the recording: ${error.message.split(' [ERR_')[0]}`,
    )
    return { traffic: without, readPlan: await createPlanReader(parts, without) }
  }
  return createPlanReader(parts, traffic).then((readPlan) => ({ traffic, readPlan }), ifUnreachable(withNone))
}

/** For a server that answers nothing. Its own errors are thrown on. */
function ifUnreachable<T>(instead: (error: HotbedError) => T): (error: unknown) => T {
  return (error) => {
    if (isHotbedError(error)) return instead(error)
    throw error
  }
}

/** Reads plans with what the catalogue says of their tables now: a plan alone does not know the columns of an index. */
async function createPlanReader({ facts, verbs }: SuiteParts, { planShapes }: Traffic): Promise<PlanReader> {
  const names = new Map(planShapes.flatMap((shape) => [...shape.matchAll(RELATION)].map((match) => [match[0], nameOf(match)] as const)))
  const session = { query: (sql: string, params?: readonly unknown[]) => verbs.query(sql, params) }
  const schema = await readSchema(session, [...names.values()])
  const postgresVersion = facts.postgres?.version.text ?? ''
  const prover = createProver({ verbs, owner: facts.postgres?.user ?? '' })
  return (json, { sql, params }) =>
    withProver(parsePlan(json, { sql, params, generic: namesParameters(json, params.length), postgresVersion, schema }), prover)
}

const RELATION = /"Relation Name": ("(?:[^"\\]|\\.)*")(?:,\s*"Schema": ("(?:[^"\\]|\\.)*"))?/g

function nameOf([, name = '""', schema]: RegExpMatchArray): TableName {
  return { schema: schema === undefined ? undefined : (JSON.parse(schema) as string), name: JSON.parse(name) as string }
}
