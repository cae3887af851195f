import { isObject } from './explain-json.js'
import type { PlanIndex, PlanSchema, PlanTable } from './plan.js'
import type { PlanSession } from './session.js'

/** A table as a plan names it. */
export interface TableName {
  readonly schema: string | undefined
  readonly name: string
}

/**
 * For the tables asked for and those they are partitions of: what the catalogue says, and all their indexes. A view may read a schema that whoever
 * asks it must not use: `to_regclass` would refuse its name.
 */
const SCHEMA_QUERY = `
with recursive asked as (
  select to_regclass(quote_ident(name))::oid as oid from jsonb_to_recordset($1::jsonb) as asked ("schema" text, name text) where "schema" is null
  union
  select c.oid from jsonb_to_recordset($1::jsonb) as asked ("schema" text, name text)
  join pg_namespace n on n.nspname = asked."schema" or asked."schema" = 'pg_temp' and n.oid = pg_my_temp_schema()
  join pg_class c on c.relnamespace = n.oid and c.relname = asked.name
), up as (
  select oid as leaf, oid, 0 as height from asked where oid is not null
  union all
  select up.leaf, inherits.inhparent, up.height + 1 from up join pg_inherits inherits on inherits.inhrelid = up.oid
), top as (
  select distinct on (leaf) leaf, oid as root from up order by leaf, height desc, oid
), family as (
  select distinct on (up.oid) up.oid, top.root from up join top using (leaf) order by up.oid, top.root
), named as (
  select c.oid, c.relname as name, c.reltuples, c.relpages, c.relkind, family.root,
    case when c.relnamespace = pg_my_temp_schema() then 'pg_temp' else n.nspname end as "schema"
  from family join pg_class c on c.oid = family.oid join pg_namespace n on n.oid = c.relnamespace
)
select
  (select coalesce(jsonb_agg(jsonb_build_object(
      'schema', named."schema", 'name', named.name, 'reltuples', named.reltuples, 'relpages', named.relpages,
      'pages', coalesce(pg_relation_size(named.oid), 0) / current_setting('block_size')::bigint,
      'partitioned', named.relkind = 'p',
      'columns', (select coalesce(jsonb_agg(a.attname order by a.attnum), '[]') from pg_attribute a where a.attrelid = named.oid and a.attnum > 0 and not a.attisdropped),
      'types', (select coalesce(jsonb_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum), '[]') from pg_attribute a where a.attrelid = named.oid and a.attnum > 0 and not a.attisdropped),
      'partitionKey', case when named.relkind = 'p' then pg_get_partkeydef(named.oid) end,
      'root', (select jsonb_build_object('schema', root."schema", 'name', root.name) from named root where root.oid = named.root and root.oid <> named.oid)
    ) order by named."schema", named.name), '[]') from named)::text as tables,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', i.relname, 'schema', named."schema", 'table', named.name, 'unique', x.indisunique, 'valid', x.indisvalid, 'method', am.amname,
      'definition', pg_get_indexdef(x.indexrelid), 'predicate', pg_get_expr(x.indpred, x.indrelid, true),
      'parent', (select p.relname from pg_inherits inherits join pg_class p on p.oid = inherits.inhparent where inherits.inhrelid = x.indexrelid),
      'columns', (
        select jsonb_agg(coalesce(a.attname::text, pg_get_indexdef(x.indexrelid, k, true)) || case
            when k > x.indnkeyatts or not pg_indexam_has_property(am.oid, 'can_order') then ''
            when x.indoption[k - 1] & 3 = 3 then ' DESC'
            when x.indoption[k - 1] & 3 = 1 then ' DESC NULLS LAST'
            when x.indoption[k - 1] & 3 = 2 then ' NULLS FIRST'
            else '' end order by k)
        from generate_series(1, x.indnatts) k
        left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[k - 1] and a.attnum <> 0),
      'keys', x.indnkeyatts
    ) order by named."schema", named.name, i.relname), '[]')
    from named join pg_index x on x.indrelid = named.oid join pg_class i on i.oid = x.indexrelid join pg_am am on am.oid = i.relam)::text as indexes`

/** Asks the catalogue about tables; names without a schema are looked for on the search path. Tables that are not there are left out. */
export async function readSchema(session: PlanSession, tables: readonly TableName[]): Promise<PlanSchema> {
  if (tables.length === 0) return { tables: [], indexes: [] }
  const asked = JSON.stringify(tables.map(({ schema = null, name }) => ({ schema, name })))
  const { rows } = await session.query(SCHEMA_QUERY, [asked])
  return {
    tables: readList(rows[0]?.['tables']).map((table) => ({
      ...table,
      root: table['root'] ?? undefined,
      partitionKey: table['partitionKey'] ?? undefined,
    })) as unknown as readonly PlanTable[],
    indexes: readList(rows[0]?.['indexes']).map(({ keys, ...index }) => {
      const columns = index['columns'] as readonly string[]
      return {
        ...index,
        columns: columns.slice(0, Number(keys)),
        included: columns.slice(Number(keys)),
        predicate: index['predicate'] ?? undefined,
        parent: index['parent'] ?? undefined,
      }
    }) as unknown as readonly PlanIndex[],
  }
}

/** The rows of a column that holds a list as JSON text. */
export function readList(column: unknown): readonly Readonly<Record<string, unknown>>[] {
  const value: unknown = JSON.parse(String(column))
  return Array.isArray(value) ? value.filter(isObject) : []
}
