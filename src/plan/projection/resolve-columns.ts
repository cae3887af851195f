import type { PlanSession } from '../session.js'

/** A column whose statistics can be written: what a slot of pg_statistic says beside its values. */
export interface ResolvedColumn {
  /** Of the table. */
  readonly oid: number
  readonly position: number
  readonly column: string
  readonly type: number
  readonly collation: number
  /** Operators of the type's default btree operator class; 0 where it has none. */
  readonly equal: number
  readonly less: number
}

/**
 * $1 is a list of JSON: tables by oid, or by schema and name. The operator class is found as GetDefaultOpClass (PostgreSQL sources,
 * commands/indexcmds.c) does: of the type itself, of what it is a kind of, or of what it can be read as.
 */
const RESOLVE_QUERY = `
with recursive given as (
  select a.attrelid, a.attnum, a.attname, a.atttypid, a.attcollation
  from jsonb_to_recordset($1::jsonb) as g (oid oid, "schema" text, name text)
  join pg_attribute a on a.attrelid = coalesce(g.oid, to_regclass(quote_ident(g."schema") || '.' || quote_ident(g.name))::oid)
  where a.attnum > 0 and not a.attisdropped
), based as (
  select distinct atttypid as type, atttypid as base from given
  union
  select based.type, t.typbasetype from based join pg_type t on t.oid = based.base where t.typtype = 'd'
), ordered as materialized (
  select distinct on (based.type) based.type, eq.amopopr as eq, lt.amopopr as lt
  from based join pg_type t on t.oid = based.base and t.typtype <> 'd'
  join pg_opclass o on o.opcmethod = 403 and o.opcdefault and (o.opcintype = t.oid
    or o.opcintype = case when t.typtype = 'e' then 'anyenum'::regtype when t.typtype = 'r' then 'anyrange'::regtype when t.typtype = 'c' then 'record'::regtype
      when t.typtype = 'm' then to_regtype('anymultirange') when t.typlen = -1 and t.typelem <> 0 and t.typcategory = 'A' then 'anyarray'::regtype end
    or exists (select from pg_cast c where c.castsource = t.oid and c.casttarget = o.opcintype and c.castmethod = 'b' and c.castcontext = 'i'))
  join pg_amop eq on eq.amopfamily = o.opcfamily and eq.amoplefttype = o.opcintype and eq.amoprighttype = o.opcintype and eq.amopstrategy = 3
  join pg_amop lt on lt.amopfamily = o.opcfamily and lt.amoplefttype = o.opcintype and lt.amoprighttype = o.opcintype and lt.amopstrategy = 1
  order by based.type, o.opcintype <> t.oid, exists (select from pg_type p where p.oid = o.opcintype and p.typispreferred) desc
)
select attrelid::text as oid, attnum as position, attname::text as "column", atttypid::text as type, attcollation::text as "collation",
  coalesce(eq, 0)::text as equal, coalesce(lt, 0)::text as less
from given left join ordered on ordered.type = given.atttypid`

/** Columns of tables, in the order of the catalogue. Tables that are not there have none. */
export async function resolveColumns(
  session: PlanSession,
  tables: readonly ({ readonly oid: number } | { readonly schema: string; readonly name: string })[],
): Promise<readonly ResolvedColumn[]> {
  const { rows } = await session.query(RESOLVE_QUERY, [JSON.stringify(tables)])
  return rows.map((row) => ({
    oid: Number(row['oid']),
    position: Number(row['position']),
    column: String(row['column']),
    type: Number(row['type']),
    collation: Number(row['collation']),
    equal: Number(row['equal']),
    less: Number(row['less']),
  }))
}
