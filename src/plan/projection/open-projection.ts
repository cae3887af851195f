import { quoteIdentifier, quoteLiteral } from '../../databases/sql-client.js'
import { errorFields } from '../../primitives/error-fields.js'
import type { TableProjection } from '../../databases/table-statistics.js'
import { explainKnowing, type ExplainOptions, type ServerVersionFacts } from '../explain.js'
import type { Plan } from '../plan.js'
import type { PlanSession } from '../session.js'
import type { ExplainableStatement } from '../statement.js'
import { prepareBatch, projectionBatch, trialOf } from './batch.js'
import { readRelations } from './catalogue.js'
import { readExtremes, type Extremes } from './ends.js'
import { findFamilies } from './families.js'
import { reachFiles } from './files-in-reach.js'
import { createGrownFiles } from './grown-files.js'
import { readColumnRules } from './column-rules.js'
import { projectFamilies, type ProjectedFamilies } from './project-family.js'
import type { ColumnRule } from './project-column.js'
import { readStatistics } from './read-statistics.js'
import { openRelationFiles } from './relation-files.js'
import { resolveColumns } from './resolve-columns.js'
import { createSchemaMemory } from './schema-memory.js'

/** A throw-away database without rows, whose statistics are those of a seeded one. */
export interface ProjectionHost extends PlanSession {
  /** Of the server, as seen from here. */
  readonly dataDirectory: string
  /** Whom the application logs in as. The session itself is a superuser's. */
  readonly role: string
  /** What the dataset that was loaded says about these row counts. @default nothing: the schema alone decides what grows */
  readonly project?: ((rows: Readonly<Record<string, number>>) => Promise<readonly TableProjection[]>) | undefined
}

export interface ProjectionOptions {
  /** Tables that will get another size, by name. */
  readonly tables: readonly string[]
  /** How columns go on, by table and column. @default as the dataset says, else by what the schema and the statistics tell */
  readonly columns?: Readonly<Record<string, ColumnRule>> | undefined
}

/** A database that can be planned in at one size after the other. One statement at a time. */
export interface Projection {
  /** Tables that are left out are as they were seeded. */
  readonly resize: (rows: Readonly<Record<string, number>>) => Promise<void>
  /** Plans a statement at the present size, without executing it. */
  readonly explain: (
    statement: ExplainableStatement,
    params?: readonly unknown[],
    options?: Omit<ExplainOptions, 'analyze' | 'insideTransaction'>,
  ) => Promise<Plan>
}

/** Texts are read and written alike, whatever the database is set to; the planner sees its own settings. */
const PLAIN_TEXTS = `SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1; SET LOCAL row_security = off`

/**
 * Makes a hollow database ready for planning at sizes that were never loaded: the planner asks the files for their size, so they are extended, without
 * taking space, and it is told statistics that fit. Statements can be planned in it, but not executed.
 *
 * @throws {HotbedError} `ERR_HOTBED_PROJECTION` when the server's files are out of reach, or a table was never analysed; `ERR_HOTBED_OPTION` for a
 * table that is none
 */
export async function openProjection(host: ProjectionHost, { tables, columns = {} }: ProjectionOptions): Promise<Projection> {
  const layout = await reachFiles(host, host.dataDirectory)
  // Names are looked up as the application does it.
  await host.query(`SET ROLE ${quoteIdentifier(host.role)}`)
  const families = await findFamilies(host, tables)
  await host.query(`RESET ROLE; BEGIN; ${PLAIN_TEXTS}`)
  const rules = readColumnRules(columns, families)
  const parts = families.flatMap((family) => family.parts)
  const names = parts.map(({ schema, name }) => ({ schema, name }))
  const statistics = new Map((await readStatistics(host, names)).map((one) => [`${one.schema}.${one.table}`, one]))
  const resolved = await resolveColumns(host, names)
  const extremes = new Map<number, Extremes>()
  for (const part of parts) {
    const own = statistics.get(`${part.schema}.${part.name}`)?.columns.filter(({ inherited }) => !inherited)
    if (part.path !== null) extremes.set(part.oid, await readExtremes(host, part, own ?? []))
  }
  const relations = await readRelations(host)
  await host.query('COMMIT')
  const files = createGrownFiles(openRelationFiles(layout), layout)
  const own = new Set(parts.flatMap(({ oid, indexes }) => [oid, ...indexes.map((index) => index.oid)]))
  for (const relation of relations) if (!own.has(relation.oid)) files.extendSeeded(relation)
  await host.query(
    `${prepareBatch()}; ${await settingsOf(host)} SET statement_timeout = ${TIMEOUT_MS}; SET ROLE ${quoteIdentifier(host.role)}`,
  )
  const planningSession = await readVersion(host)
  const schemas = createSchemaMemory(host)
  const refused = new Map<number, string>()
  let scale: Plan['scale']

  const resize = async (rows: Readonly<Record<string, number>>): Promise<void> => {
    const told = (await host.project?.(rows)) ?? []
    const projected = projectFamilies({ families, rows, told, statistics, rules, blockBytes: layout.blockBytes })
    files.shrink()
    const heights = new Map(projected.parts.flatMap((part) => files.useHeights(part.table, part.heights)))
    const send = (): Promise<unknown> =>
      host.query(projectionBatch({ projected, extremes, resolved, refused, files: heights, plainTexts: PLAIN_TEXTS, role: host.role }))
    await send().catch(async () => {
      await host.query('ROLLBACK')
      await findRefusals(host, projected, extremes, refused)
      await send()
    })
    for (const part of projected.parts) files.grow(part)
    schemas.resize(projected.parts.map((part) => part.statistics))
    scale = { tables: projected.sizes, notes: [...projected.notes, ...refused.values()] }
  }
  return {
    resize,
    explain: (statement, params, options = {}) =>
      explainKnowing(host, statement, params, { ...options, analyze: false }, { schemaOf: schemas.schemaOf, scale, planningSession }),
  }
}

/** A plan takes no longer than a hundredth of that. */
const TIMEOUT_MS = 30_000

async function readVersion({ query }: PlanSession): Promise<ServerVersionFacts> {
  const { rows } = await query(
    "SELECT current_setting('server_version_num')::int AS number, split_part(current_setting('server_version'), ' ', 1) AS text",
  )
  return { number: Number(rows[0]?.['number']), text: String(rows[0]?.['text']) }
}

/** SQL that gives the session what the application's role is set to. */
async function settingsOf({ query, role }: ProjectionHost): Promise<string> {
  const { rows } = await query(
    `SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
     FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) setting
     WHERE r.rolname = $1 AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) ORDER BY s.setdatabase`,
    [role],
  )
  return rows
    .map((row) => `SELECT set_config(${quoteLiteral(String(row['name']))}, ${quoteLiteral(String(row['value']))}, false);`)
    .join(' ')
}

/** Which tables take no end rows: those with types, constraints or triggers that we know too little of. */
async function findRefusals(
  host: ProjectionHost,
  projected: ProjectedFamilies,
  extremes: ReadonlyMap<number, Extremes>,
  refused: Map<number, string>,
): Promise<void> {
  for (const part of projected.parts) {
    if (part.table.path === null || refused.has(part.table.oid)) continue
    try {
      await host.query(trialOf(part, extremes.get(part.table.oid) ?? new Map(), PLAIN_TEXTS))
    } catch (error) {
      const note = `the first and last row of ${part.table.name} could not be put in, so values beyond its histogram are estimated as none: ${errorFields(error).message}`
      refused.set(part.table.oid, note)
    } finally {
      await host.query('ROLLBACK')
    }
  }
}
