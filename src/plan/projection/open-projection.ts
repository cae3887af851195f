import { quoteIdentifier } from '../../databases/sql-client.js'
import type { TableProjection } from '../../databases/table-statistics.js'
import { explainKnowing, type ExplainOptions } from '../explain.js'
import type { Plan } from '../plan.js'
import type { PlanSession } from '../session.js'
import type { ExplainableStatement } from '../statement.js'
import { prepareBatch, projectionBatch } from './batch.js'
import { createGrownFiles } from './grown-files.js'
import { readColumnRules } from './column-rules.js'
import { projectFamilies } from './project-family.js'
import type { ColumnRule } from './project-column.js'
import { readSeeded, type SeededDatabase } from './read-seeded.js'
import { createToldColumns } from './told-columns.js'
import { openRelationFiles } from './relation-files.js'
import { checkPages, explainRefusal, findRefusals, growFiles } from './refusals.js'
import { createSchemaMemory } from './schema-memory.js'

/** A throw-away database without rows, whose statistics are those of a seeded one. */
export interface ProjectionHost extends PlanSession {
  /** Of the server, as seen from here. */
  readonly dataDirectory: string
  /** Whom the application logs in as. The session itself is a superuser's. */
  readonly role: string
  /** What was learned of the template, for further clones of it. @default nothing is kept */
  readonly memory?: Map<string, SeededDatabase> | undefined
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

/**
 * Makes a hollow database ready for planning at sizes that were never loaded: the planner asks the files for their size, so they are extended, without
 * taking space, and it is told statistics that fit. Statements can be planned in it, but not executed.
 *
 * @throws {HotbedError} `ERR_HOTBED_PROJECTION` when the server's files are out of reach, or a table was never analysed; `ERR_HOTBED_OPTION` for a
 * table that is none
 */
export async function openProjection(host: ProjectionHost, { tables, columns = {} }: ProjectionOptions): Promise<Projection> {
  const seeded = await recall(host, tables)
  const { layout, families, statistics, resolved, extremes } = seeded
  const rules = readColumnRules(columns, families)
  const parts = families.flatMap((family) => family.parts)
  const { rows: places } = await host.query(
    `${prepareBatch()}; ${seeded.settings} SET statement_timeout = ${TIMEOUT_MS}; SET ROLE ${quoteIdentifier(host.role)}; ${ABOUT_SESSION}`,
  )
  const planningSession = { number: Number(places[0]?.['number']), text: String(places[0]?.['text']) }
  const files = createGrownFiles(openRelationFiles(layout, Number(places[0]?.['oid'])), layout)
  const own = new Set(parts.flatMap(({ oid, indexes }) => [oid, ...indexes.map((index) => index.oid)]))
  for (const relation of seeded.relations) if (!own.has(relation.oid)) files.extendSeeded(relation)
  const told = createToldColumns(parts, statistics, resolved)
  const schemas = createSchemaMemory(host, seeded.schemas)
  const refused = new Map<number, string>()
  let scale: Plan['scale']

  const resize = async (rows: Readonly<Record<string, number>>): Promise<void> => {
    const projections = (await host.project?.(rows)) ?? []
    const projected = projectFamilies({ families, rows, told: projections, statistics, rules, blockBytes: layout.blockBytes })
    checkPages(projected, layout.blockBytes)
    const changed = told.changed(projected)
    files.shrink()
    const heights = new Map(projected.parts.flatMap((part) => files.useHeights(part.table, part.heights)))
    const send = (): Promise<unknown> =>
      host.query(projectionBatch({ projected, extremes, columns: changed.rows, refused, files: heights, role: host.role }))
    await send().catch(async () => {
      await host.query('ROLLBACK')
      await findRefusals(host, projected, extremes, refused)
      await send().catch(async (error: unknown) => {
        await host.query('ROLLBACK')
        throw await explainRefusal(host, projected, changed.rows, error)
      })
    })
    changed.remember()
    growFiles(files, projected)
    schemas.resize(projected.parts.map((part) => part.statistics))
    scale = { tables: projected.sizes, notes: [...projected.notes, ...refused.values()] }
  }
  return {
    resize,
    explain: (statement, params, options = {}) =>
      explainKnowing(
        host,
        statement,
        params,
        { ...options, analyze: false },
        { schemaOf: schemas.schemaOf, scaleOf: () => scale, planningSession },
      ),
  }
}

/** A plan takes no longer than a hundredth of that. */
const TIMEOUT_MS = 30_000

const ABOUT_SESSION = `SELECT oid::text AS oid, current_setting('server_version_num')::int AS number,
  split_part(current_setting('server_version'), ' ', 1) AS text FROM pg_database WHERE datname = current_database()`

/** What is known of the template from an earlier projection of it, else read now. */
async function recall(host: ProjectionHost, tables: readonly string[]): Promise<SeededDatabase> {
  const key = JSON.stringify(tables)
  const known = host.memory?.get(key)
  if (known !== undefined) return known
  const seeded = await readSeeded(host, { ...host, tables })
  host.memory?.set(key, seeded)
  return seeded
}
