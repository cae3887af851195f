import type { TableName } from '../read-schema.js'
import type { PlanSession } from '../session.js'

/** A relation that has a file. */
export interface CatalogueRelation {
  readonly oid: number
  readonly kind: 'table' | 'index'
  /** `btree` … of an index. */
  readonly method: string | null
  readonly rows: number
  readonly pages: number
  /** As `pg_relation_filepath` has it. */
  readonly path: string
}

export interface CatalogueColumn {
  readonly position: number
  readonly name: string
  /** As `format_type` has it, without length. */
  readonly type: string
  /** Of the type below a domain. */
  readonly baseType: string
  /** Bytes; below 0 when they vary. */
  readonly length: number
  /** Bytes. */
  readonly alignment: number
  readonly isNotNull: boolean
  readonly isGenerated: boolean
}

export interface CatalogueIndex extends Omit<CatalogueRelation, 'path'> {
  /** The index of a partitioned table has no file: its parts have. */
  readonly path: string | null
  readonly table: number
  readonly name: string
  readonly unique: boolean
  readonly partial: boolean
  /** Key columns by position; 0 for an expression. INCLUDE columns are among `stored` only. */
  readonly keys: readonly number[]
  readonly stored: readonly number[]
  readonly fillFactor: number | null
  readonly deduplicates: boolean
}

/** A table that is asked about, or a part of one. */
export interface CatalogueTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  /** As in pg_class: `r`, `p`, `m`, `f`, `v`. */
  readonly kind: string
  /** `p`, `u`, or `t` for a temporary one. */
  readonly persistence: string
  readonly rows: number
  readonly pages: number
  readonly visiblePages: number
  readonly path: string | null
  /** The table that it is a part of. */
  readonly parent: number | null
  readonly checks: number
  readonly fillFactor: number | null
  readonly toast: CatalogueRelation | null
  /** Columns whose ranges or lists decide which part a row is in, by position. */
  readonly partitionKeys: readonly number[]
  /** It holds rows whose hash is one of its own, which no value tells. */
  readonly isHashed: boolean
  readonly columns: readonly CatalogueColumn[]
  readonly indexes: readonly CatalogueIndex[]
  readonly foreignKeys: readonly { readonly column: number; readonly parent: number; readonly parentColumn: number }[]
}

const RELATIONS_QUERY = `
select coalesce(jsonb_agg(jsonb_build_object('oid', c.oid::bigint, 'kind', case c.relkind when 'i' then 'index' else 'table' end, 'method', am.amname,
  'rows', c.reltuples, 'pages', c.relpages, 'path', pg_relation_filepath(c.oid))), '[]')::text as relations
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_am am on am.oid = c.relam
where c.relkind in ('r', 'm', 'i') and c.relpages > 0 and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

/** Everything with a file that is not the server's own. */
export async function readRelations(session: PlanSession): Promise<readonly CatalogueRelation[]> {
  const { rows } = await session.query(RELATIONS_QUERY)
  return JSON.parse(String(rows[0]?.['relations'])) as readonly CatalogueRelation[]
}

const TABLES_QUERY = `
with recursive asked as (
  select ordinal, to_regclass(coalesce(quote_ident("schema") || '.', '') || quote_ident(name))::oid as oid
  from jsonb_to_recordset($1::jsonb) as asked (ordinal int, "schema" text, name text)
), family as (
  select oid from asked where oid is not null
  union
  select inherits.inhrelid from family join pg_inherits inherits on inherits.inhparent = family.oid
)
select (select coalesce(jsonb_agg(oid::bigint order by ordinal), '[]')::text from asked) as asked, coalesce(jsonb_agg(jsonb_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'persistence', c.relpersistence, 'rows', c.reltuples, 'pages', c.relpages,
  'visiblePages', c.relallvisible, 'path', case when c.relkind in ('r', 'm') then pg_relation_filepath(c.oid) end,
  'parent', (select inhparent::bigint from pg_inherits where inhrelid = c.oid order by inhseqno limit 1), 'checks', c.relchecks,
  'fillFactor', (select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'),
  'toast', (select jsonb_build_object('oid', t.oid::bigint, 'kind', 'table', 'method', null, 'rows', t.reltuples, 'pages', t.relpages, 'path', pg_relation_filepath(t.oid))
    from pg_class t where t.oid = c.reltoastrelid),
  'partitionKeys', coalesce((select to_jsonb(partattrs::int2[]) from pg_partitioned_table where partrelid = c.oid and partstrat <> 'h'), '[]'),
  'isHashed', c.relispartition and exists (select from pg_partition_ancestors(c.oid) a join pg_partitioned_table p on p.partrelid = a.relid where p.partstrat = 'h'),
  'columns', (select coalesce(jsonb_agg(jsonb_build_object('position', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, null),
      'baseType', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null), 'length', a.attlen,
      'alignment', case a.attalign when 'c' then 1 when 's' then 2 when 'i' then 4 else 8 end,
      'isNotNull', a.attnotnull or (t.typtype = 'd' and t.typnotnull), 'isGenerated', a.attgenerated <> '') order by a.attnum), '[]')
    from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  'indexes', (select coalesce(jsonb_agg(jsonb_build_object('oid', i.oid::bigint, 'kind', 'index', 'table', x.indrelid::bigint, 'name', i.relname, 'method', am.amname,
      'rows', i.reltuples, 'pages', i.relpages, 'path', pg_relation_filepath(i.oid), 'unique', x.indisunique, 'partial', x.indpred is not null,
      'keys', to_jsonb((x.indkey::int2[])[0:x.indnkeyatts - 1]), 'stored', to_jsonb(x.indkey::int2[]),
      'fillFactor', (select option_value::int from pg_options_to_table(i.reloptions) where option_name = 'fillfactor'),
      'deduplicates', coalesce((select option_value::bool from pg_options_to_table(i.reloptions) where option_name = 'deduplicate_items'), true)) order by i.relname), '[]')
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am am on am.oid = i.relam where x.indrelid = c.oid),
  'foreignKeys', (select coalesce(jsonb_agg(jsonb_build_object('column', conkey[1], 'parent', confrelid::bigint, 'parentColumn', confkey[1])), '[]')
    from pg_constraint where conrelid = c.oid and contype = 'f' and array_length(conkey, 1) = 1)
) order by n.nspname, c.relname), '[]')::text as tables
from family join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace`

/** Asked tables with all their parts. `asked` has the oid of each name, or null when there is no such table. */
export async function readTables(
  session: PlanSession,
  names: readonly TableName[],
): Promise<{ readonly asked: readonly (number | null)[]; readonly tables: readonly CatalogueTable[] }> {
  const asked = names.map(({ schema = null, name }, ordinal) => ({ ordinal, schema, name }))
  const { rows } = await session.query(TABLES_QUERY, [JSON.stringify(asked)])
  return {
    asked: JSON.parse(String(rows[0]?.['asked'])) as readonly (number | null)[],
    tables: JSON.parse(String(rows[0]?.['tables'])) as readonly CatalogueTable[],
  }
}
