import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { unreadable } from './explain-json.js'
import { explainFailure, settingsFailure } from './explain-failure.js'
import { parsePlan } from './parse.js'
import type { Plan, PlanNode, PlanScale, PlanSchema } from './plan.js'
import { addForeignKeys } from './read-foreign-keys.js'
import { addRowsPerPage } from './read-row-widths.js'
import { planNodes } from './walk.js'
import { readSchema, type TableName } from './read-schema.js'
import type { PlanSession } from './session.js'
import { readStatement, type ExplainableStatement, type PlannableStatement } from './statement.js'

/** How a statement is explained. */
export interface ExplainOptions {
  /**
   * Executes the statement, so that rows and buffers are counted; whatever it writes is rolled back (what a rollback leaves, such as the next value
   * of a sequence, stays changed). `false` only plans.
   * @default true
   */
  readonly analyze?: boolean
  /**
   * Plans without looking at the values of the parameters, as a prepared statement may from its sixth execution on.
   * With `analyze: false` on 16 and newer no values need be given.
   * @default false
   */
  readonly generic?: boolean
  /** Settings for this statement alone: `{ work_mem: '1MB', enable_seqscan: false, search_path: 'shop' }`. @default {} */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Longest time for the statement, locks it waits for included. @default 30_000 */
  readonly timeoutMs?: number
  /**
   * The session is inside a transaction whose uncommitted rows shall be seen: it is kept, and only what the statement did is undone.
   * @default false
   */
  readonly insideTransaction?: boolean
  /**
   * Turns the result into what would be sent to the client, so that its size is counted: `plan.raw.Serialization` (`Output Volume`, in kB). Known from
   * 17 on, with `analyze`; without meaning before. Costs what sending the result costs the server.
   * @default false
   */
  readonly serialize?: boolean
}

const OPTION_NAMES = ['analyze', 'generic', 'settings', 'timeoutMs', 'insideTransaction', 'serialize']
const PREPARED = 'hotbed_plan'

/**
 * How PostgreSQL carries out a statement: its plan, with what the catalogue says about the tables in it. Nothing that the statement writes remains.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` when there is no plan: a syntax error (shown in its place), several statements, a utility statement,
 * a missing value, a statement that fails or takes too long
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a wrong option
 */
export async function explain(
  session: PlanSession,
  statement: ExplainableStatement,
  params?: readonly unknown[],
  options: ExplainOptions = {},
): Promise<Plan> {
  return explainKnowing(session, statement, params, options, {
    schemaOf: (tables, nodes) => readFacts(session, tables, nodes),
    scaleOf: () => undefined,
  })
}

/** What a plan says beside EXPLAIN's output. */
export interface PlanKnowledge {
  /** What the catalogue says about the tables of the plan. */
  readonly schemaOf: (tables: readonly TableName[], nodes: readonly PlanNode[]) => Promise<PlanSchema>
  /** Asked when the tables of the plan are known. */
  readonly scaleOf: (schema: PlanSchema) => PlanScale | undefined
  /**
   * The version of the server, where the session has a deadline already and does nothing but plan: without settings of its own, an EXPLAIN that
   * executes nothing needs no transaction around it then. Three round trips less.
   */
  readonly planningSession?: ServerVersionFacts | undefined
}

/** `180004` and `18.4`. */
export interface ServerVersionFacts {
  readonly number: number
  readonly text: string
}

/** As `explain`, where somebody else knows the catalogue. */
export async function explainKnowing(
  session: PlanSession,
  statement: ExplainableStatement,
  params: readonly unknown[] | undefined,
  options: ExplainOptions,
  { schemaOf, scaleOf, planningSession }: PlanKnowledge,
): Promise<Plan> {
  checkOptions(options)
  const { analyze = true, generic = false, settings = {}, timeoutMs = 30_000, insideTransaction = false, serialize = false } = options
  const readable = readStatement(statement, params, { valuesNeeded: analyze || !generic })
  const isBare = !analyze && !generic && options.settings === undefined && options.timeoutMs === undefined
  const known = isBare ? planningSession : undefined
  if (known === undefined) await session.query(insideTransaction ? `SAVEPOINT ${PREPARED}` : 'BEGIN')
  const run: Run = { session, analyze, generic, serialize, ...readable, prefixLength: undefined, prepared: false }
  try {
    const version = known ?? (await applySettings(session, { ...settings, statement_timeout: timeoutMs }))
    // Older servers plan without values only what was prepared, and EXECUTE wants them.
    if (version.number < 160_000) readStatement(statement, params, { valuesNeeded: true })
    const output = await runExplain(run, version.number)
    const nodes = planNodes(parsePlan(output, { sql: '', params: [], postgresVersion: '' }))
    const schema = await schemaOf(tablesIn(nodes), nodes)
    return parsePlan(output, { ...readable, generic, postgresVersion: version.text, schema, scale: scaleOf(schema) })
  } catch (error) {
    throw explainFailure(error, { sql: run.sql, prefixLength: run.prefixLength, timeoutMs })
  } finally {
    if (known === undefined) await undo(run, insideTransaction)
  }
}

interface Run extends PlannableStatement {
  readonly session: PlanSession
  readonly analyze: boolean
  readonly generic: boolean
  readonly serialize: boolean
  /** A prepared statement is no part of the transaction and must be removed by itself. */
  prepared: boolean
  /** While a text with the statement in it is under way: what stands before it there. */
  prefixLength: number | undefined
}

async function applySettings(
  session: PlanSession,
  settings: Readonly<Record<string, string | number | boolean>>,
): Promise<ServerVersionFacts> {
  const values = Object.entries(settings).flatMap(([name, value]) => [name, String(value)])
  const calls = Object.keys(settings).map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true) AS s${index}`)
  const { rows } = await session
    .query(
      `SELECT current_setting('server_version_num') AS number, split_part(current_setting('server_version'), ' ', 1) AS text, ${calls.join(', ')}`,
      values,
    )
    .catch((error: unknown) => {
      throw settingsFailure(error)
    })
  return { number: Number(rows[0]?.['number']), text: String(rows[0]?.['text']) }
}

async function runExplain(run: Run, version: number): Promise<unknown> {
  const { session, params, analyze, generic } = run
  const options = explainOptions(run, version)
  if (!generic) return readOutput(await sendStatement(run, `EXPLAIN (${options}) `, params))
  if (!analyze && version >= 160_000) return readOutput(await sendStatement(run, `EXPLAIN (${options}, GENERIC_PLAN) `))
  await session.query("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
  await sendStatement(run, `PREPARE ${PREPARED} AS `)
  run.prepared = true
  const literals = await readLiterals(session, params)
  return readOutput(
    await session.query(`EXPLAIN (${options}) EXECUTE ${PREPARED}${literals.length === 0 ? '' : ` (${literals.join(', ')})`}`),
  )
}

function explainOptions({ analyze, serialize }: Run, version: number): string {
  return [
    // VERBOSE alone tells the schema of a table.
    'FORMAT JSON, VERBOSE, SETTINGS',
    ...(version >= 170_000 ? ['MEMORY'] : []),
    ...(analyze ? ['ANALYZE, BUFFERS, WAL, TIMING OFF'] : []),
    ...(analyze && serialize && version >= 170_000 ? ['SERIALIZE'] : []),
  ].join(', ')
}

async function sendStatement(run: Run, prefix: string, params: readonly unknown[] = []): ReturnType<PlanSession['query']> {
  run.prefixLength = prefix.length
  const result = await run.session.query(`${prefix}${run.sql}`, params.length === 0 ? undefined : params)
  run.prefixLength = undefined
  return result
}

/** EXECUTE takes no parameters. The driver knows how it writes a Date or an array, and the server how to quote that. */
export async function readLiterals(session: PlanSession, params: readonly unknown[]): Promise<readonly string[]> {
  if (params.length === 0) return []
  const { rows } = await session.query(
    `SELECT ${params.map((_, index) => `quote_nullable($${index + 1}::text) AS "${index}"`).join(', ')}`,
    params.map((value) => (value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value)),
  )
  return params.map((_, index) => String(rows[0]?.[String(index)]))
}

function readOutput({ rows }: { readonly rows: readonly Readonly<Record<string, unknown>>[] }): unknown {
  const row = rows[0]
  if (row === undefined) throw unreadable('it is empty')
  return Object.values(row)[0]
}

/** A node that reads fewer blocks than this says nothing about how full they are. */
const MUCH_READ = 100

async function readFacts(session: PlanSession, tables: readonly TableName[], nodes: readonly PlanNode[]): Promise<PlanSchema> {
  let schema = await readSchema(session, tables)
  const muchRead = nodes.filter(({ actual }) => (actual?.buffers?.own.total ?? 0) >= MUCH_READ)
  schema = await addRowsPerPage(session, schema, tablesIn(muchRead))
  const changesRows = nodes.some(({ type, operation }) => type === 'ModifyTable' && operation !== 'Insert')
  return changesRows ? await addForeignKeys(session, schema) : schema
}

function tablesIn(nodes: readonly PlanNode[]): readonly TableName[] {
  const tables = new Map<string, TableName>()
  for (const { relation } of nodes) {
    if (relation !== undefined) tables.set(`${relation.schema}.${relation.table}`, { schema: relation.schema, name: relation.table })
  }
  return [...tables.values()]
}

async function undo({ session, prepared }: Run, insideTransaction: boolean): Promise<void> {
  // When the connection is gone there is nothing to undo, and its own error is the one to be told.
  const attempt = (text: string): Promise<unknown> => session.query(text).catch(() => undefined)
  await attempt(insideTransaction ? `ROLLBACK TO SAVEPOINT ${PREPARED}` : 'ROLLBACK')
  if (insideTransaction) await attempt(`RELEASE SAVEPOINT ${PREPARED}`)
  if (prepared) await attempt(`DEALLOCATE ${PREPARED}`)
}

function checkOptions(options: ExplainOptions): void {
  checkOptionNames(options, OPTION_NAMES, 'explain()')
  for (const name of ['analyze', 'generic', 'insideTransaction', 'serialize'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean') throw wrongOption(name, 'true or false', options[name])
  }
  const { timeoutMs } = options
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0)) {
    throw wrongOption('timeoutMs', 'a whole number of milliseconds above 0', timeoutMs)
  }
}
