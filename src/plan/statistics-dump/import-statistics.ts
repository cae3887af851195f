import { tableLabel } from '../../primitives/sql-name.js'
import { quoteIdentifier } from '../../databases/sql-client.js'
import type { TableStatistics } from '../../databases/table-statistics.js'
import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import { explainKnowing, type ExplainOptions } from '../explain.js'
import type { Plan, PlanScale, PlanSchema } from '../plan.js'
import { readRelations, readTables } from '../projection/catalogue.js'
import { reachFiles } from '../projection/files-in-reach.js'
import { createGrownFiles } from '../projection/grown-files.js'
import { arrayText } from '../projection/array-text.js'
import type { ProjectionHost } from '../projection/open-projection.js'
import { openRelationFiles } from '../projection/relation-files.js'
import { resolveColumns } from '../projection/resolve-columns.js'
import { writeStatistics } from '../projection/write-statistics.js'
import { readSchema } from '../read-schema.js'
import type { ExplainableStatement } from '../statement.js'
import { fitDump, type FittedDump, type FittedTable, type Unfitted } from './fit-dump.js'
import type { ReadDump } from './read-dump.js'

/** How a statement is planned with imported statistics: nothing is executed. */
export type ImportedExplainOptions = Pick<ExplainOptions, 'generic' | 'settings' | 'timeoutMs'>

/** What planning with the statistics of another server gives. */
export interface ImportedPlanner {
  readonly tables: readonly FittedTable[]
  readonly skipped: readonly Unfitted[]
  readonly explain: (statement: ExplainableStatement, params?: readonly unknown[], options?: ImportedExplainOptions) => Promise<Plan>
}

const OWN_TABLES = `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

/** Values are read as they were written, whatever the database is set to. */
const PLAIN_TEXTS = "SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres'"

/**
 * Gives a hollow database the statistics of another server, and its files the sizes that go with them: the planner takes the size of a table from its
 * file, so that statistics alone change little.
 *
 * @throws {HotbedError} `ERR_HOTBED_PROJECTION` when the server's files are out of reach; `ERR_HOTBED_PLAN` when nothing of the dump is in this schema
 */
export async function importInto(host: ProjectionHost, dump: ReadDump): Promise<ImportedPlanner> {
  const layout = await reachFiles(host, host.dataDirectory)
  const { rows } = await host.query(OWN_TABLES)
  const own = rows.map((row) => ({ schema: String(row['schema']), name: String(row['name']) }))
  const { tables } = await readTables(host, own)
  const fitted = fitDump(dump.relations, tables, layout.blockBytes)
  if (fitted.tables.length === 0) throw nothingFits(dump, own.map(tableLabel))
  const refused = await writeFitting(host, fitted)
  const { rows: databases } = await host.query('SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()')
  const files = createGrownFiles(openRelationFiles(layout, Number(databases[0]?.['oid'])), layout)
  for (const relation of await readRelations(host)) files.extendSeeded(relation)
  await host.query(`SET ROLE ${quoteIdentifier(host.role)}`)
  const notes = [...fitted.notes, ...refused]
  return {
    tables: fitted.tables,
    skipped: [...fitted.skipped, ...notes, ...dump.notes.map((reason) => ({ name: 'the dump', reason }))],
    explain: (statement, params, options = {}) =>
      explainKnowing(
        host,
        statement,
        params,
        { ...options, analyze: false },
        {
          schemaOf: (names) => readSchema(host, names),
          scaleOf: (schema) => scaleOf(schema, fitted, notes, dump),
        },
      ),
  }
}

function scaleOf(schema: PlanSchema, { tables, skipped }: FittedDump, notes: readonly Unfitted[], dump: ReadDump): PlanScale {
  const used = new Set(schema.tables.map(tableLabel))
  const indexes = new Set(schema.indexes.map(({ name }) => name))
  const about = [...skipped, ...notes].filter(
    ({ name }) => used.has(name) || indexes.has(name) || used.has(name.slice(0, name.lastIndexOf('.'))),
  )
  return {
    tables: tables.flatMap(({ schema: inSchema, table, seeded, rows }) => {
      const label = tableLabel({ schema: inSchema, name: table })
      return used.has(label) ? [{ table: label, seeded: Math.max(0, seeded), projected: rows }] : []
    }),
    notes: [
      `statistics of ${dump.postgresVersion === '' ? 'another server' : `Postgres ${dump.postgresVersion}`}, by ${dump.source}`,
      ...about.map(({ name, reason }) => `${name}: ${reason}`),
    ],
  }
}

/** Writes them. Columns whose values are none of their type are left out and told. */
async function writeFitting(host: ProjectionHost, { statistics }: FittedDump): Promise<readonly Unfitted[]> {
  const write = async (all: readonly TableStatistics[]): Promise<void> => {
    await host.query(`BEGIN; ${PLAIN_TEXTS}`)
    await writeStatistics(host, all)
    await host.query('COMMIT')
  }
  try {
    await write(statistics)
    return []
  } catch {
    await host.query('ROLLBACK')
  }
  const refused: Unfitted[] = []
  const readable: TableStatistics[] = []
  for (const table of statistics) {
    const types = await resolveColumns(host, [{ schema: table.schema, name: table.table }])
    const columns: TableStatistics['columns'][number][] = []
    for (const column of table.columns) {
      const type = types.find((one) => one.column === column.column)?.type
      const problem =
        type === undefined ? undefined : await findProblem(host, type, [...(column.mostCommon?.values ?? []), ...(column.bounds ?? [])])
      if (problem === undefined) columns.push(column)
      else refused.push({ name: `${tableLabel({ schema: table.schema, name: table.table })}.${column.column}`, reason: problem })
    }
    readable.push({ ...table, columns })
  }
  await write(readable)
  return refused
}

async function findProblem(host: ProjectionHost, type: number, values: readonly string[]): Promise<string | undefined> {
  await host.query(`BEGIN; ${PLAIN_TEXTS}`)
  try {
    await host.query('SELECT array_in(textout($1::text), $2::oid, -1) IS NULL', [arrayText(values), type])
    return undefined
  } catch (error) {
    return `its values are none of its type here: ${errorFields(error).message}`
  } finally {
    await host.query('ROLLBACK')
  }
}

function nothingFits({ relations }: ReadDump, own: readonly string[]): HotbedError {
  const list = (names: readonly string[]): string => `${names.slice(0, 8).join(', ') || 'none'}${names.length > 8 ? ', …' : ''}`
  return new HotbedError('ERR_HOTBED_PLAN', {
    message: `Nothing of the dump could be taken. Its tables and indexes: ${list(relations.map(tableLabel))}. Tables here: ${list(own)}.`,
    remedy: 'Export the statistics of a database that has the tables of this stack, and that was analysed.',
  })
}
