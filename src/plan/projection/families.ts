import { HotbedError } from '../../primitives/error.js'
import { nearestName } from '../../primitives/options.js'
import type { TableName } from '../read-schema.js'
import type { PlanSession } from '../session.js'
import { readTables, type CatalogueTable } from './catalogue.js'

/** A table that is to have another size, with everything that holds its rows. */
export interface Family {
  /** As it was asked for. */
  readonly name: string
  readonly root: CatalogueTable
  /** The table itself and its partitions or inheriting children, as deep as they go. */
  readonly parts: readonly CatalogueTable[]
  /** Rows when it was last analysed. */
  readonly seeded: number
}

/**
 * The tables of these names: `orders`, found on the search path, or `shop.orders`.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a name that is no table; `ERR_HOTBED_PROJECTION` for one without statistics to project
 */
export async function findFamilies(session: PlanSession, names: readonly string[]): Promise<readonly Family[]> {
  const { asked, tables } = await readTables(session, names.map(readName))
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const roots: number[] = []
  for (const [index, oid] of asked.entries()) {
    const name = names[index] ?? ''
    const table = oid === null ? undefined : byOid.get(oid)
    if (table === undefined) throw await unknownTable(session, name)
    refuseKind(table, name)
    roots.push(table.oid)
  }
  return roots.map((oid, index) => {
    const name = names[index] ?? ''
    const root = byOid.get(oid)
    if (root === undefined) throw new HotbedError('ERR_HOTBED_OPTION', { message: `There is no table '${name}'.` })
    const above = ancestors(root, byOid).find((one) => roots.includes(one))
    if (above !== undefined || roots.indexOf(oid) !== index) {
      const other = names[above === undefined ? roots.indexOf(oid) : roots.indexOf(above)] ?? ''
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `'${name}' is ${above === undefined ? 'the same table as' : 'a part of'} '${other}', and a table can have one size only.`,
        remedy: `Give the size of '${other}' alone: its parts share it as they do now.`,
      })
    }
    const parts = tables
      .filter((table) => table.oid === oid || ancestors(table, byOid).includes(oid))
      .map((table) => withPartitionKeys(table, byOid))
    const seeded = parts.reduce((sum, { path, rows }) => sum + (path === null ? 0 : Math.max(0, rows)), 0)
    refuseUnknownSize(name, parts, seeded)
    return { name, root: parts.find((part) => part.oid === oid) ?? root, parts, seeded }
  })
}

function readName(name: string): TableName {
  const at = name.indexOf('.')
  return at < 0 ? { schema: undefined, name } : { schema: name.slice(0, at), name: name.slice(at + 1) }
}

function ancestors(table: CatalogueTable, byOid: ReadonlyMap<number, CatalogueTable>): readonly number[] {
  if (table.parent === null) return []
  const parent = byOid.get(table.parent)
  return [table.parent, ...(parent === undefined ? [] : ancestors(parent, byOid))]
}

/** A part's rows are bound by the keys of all tables that it is a partition of. */
function withPartitionKeys(table: CatalogueTable, byOid: ReadonlyMap<number, CatalogueTable>): CatalogueTable {
  const above = ancestors(table, byOid).flatMap((oid) => byOid.get(oid) ?? [])
  const names = above.flatMap((one) => one.columns.filter(({ position }) => one.partitionKeys.includes(position)).map(({ name }) => name))
  const inherited = table.columns.filter(({ name }) => names.includes(name)).map(({ position }) => position)
  return { ...table, partitionKeys: [...table.partitionKeys, ...inherited] }
}

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  I: 'an index',
  c: 'a type',
}

/** Columns whose ranges or lists cut the table into parts. */
export function partitionKeyNames({ parts }: Pick<Family, 'parts'>): ReadonlySet<string> {
  const names = parts.flatMap(({ columns, partitionKeys }) => columns.filter(({ position }) => partitionKeys.includes(position)))
  return new Set(names.map(({ name }) => name))
}

function refuseKind({ kind, persistence }: CatalogueTable, name: string): void {
  const what = KINDS[kind]
  if (what !== undefined) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `'${name}' is ${what}, which has no rows of its own to be more or fewer.`,
      remedy: kind === 'v' ? 'Name the tables that the view reads.' : 'Name a table.',
    })
  }
  if (persistence === 't') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `'${name}' is a temporary table: it is known to its own session alone, and cannot be planned for elsewhere.`,
      remedy: 'Make it a table of the template.',
    })
  }
}

function refuseUnknownSize(name: string, parts: readonly CatalogueTable[], seeded: number): void {
  const never = parts.find(({ path, rows, pages }) => path !== null && (rows < 0 || (rows === 0 && pages > 0)))
  if (never !== undefined) {
    throw new HotbedError('ERR_HOTBED_PROJECTION', {
      message: `The table ${never.name} was never analysed, so there is nothing to forecast ${name} from.`,
      remedy: `Run 'ANALYZE ${never.name}' at the end of the migrations or of the seed: a template that is made new has statistics of every table.`,
    })
  }
  if (seeded === 0) {
    throw new HotbedError('ERR_HOTBED_PROJECTION', {
      message: `The template has no rows of ${name}, so nothing is known of what they would be like.`,
      remedy: `Seed some: postgres: { dataset: defineDataset({ tables: { ${name}: 1000 } }) }. Rows that the test itself wrote are not seen: a forecast is made from the template.`,
    })
  }
}

async function unknownTable(session: PlanSession, name: string): Promise<HotbedError> {
  const { rows } = await session.query(
    `SELECT n.nspname AS "schema", c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  )
  const known = rows.flatMap((row) => [String(row['name']), `${String(row['schema'])}.${String(row['name'])}`])
  const near = nearestName(name, known)
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `The template has no table '${name}'.`,
    remedy: near === undefined ? `Tables: ${known.filter((_, index) => index % 2 === 0).join(', ') || 'none'}.` : `Did you mean '${near}'?`,
  })
}
