import type { PlanForeignKey, PlanSchema } from './plan.js'
import { readList } from './read-schema.js'
import type { PlanSession } from './session.js'

/** By the triggers on the table referred to: they have an index on it, the constraints have none. */
const FOREIGN_KEYS = `
select coalesce(jsonb_agg(jsonb_build_object(
    'name', f.conname, 'schema', n.nspname, 'table', c.relname, 'references', jsonb_build_object('schema', asked."schema", 'table', asked.name),
    'columns', (select jsonb_agg(a.attname order by k.place) from unnest(f.conkey) with ordinality k (attnum, place)
      join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum),
    'rows', size.rows, 'pages', size.pages,
    'index', (select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = f.conrelid and x.indisvalid
      and x.indpred is null and (x.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey order by x.indexrelid limit 1)
  ) order by n.nspname, c.relname, f.conname), '[]')::text as keys
from jsonb_to_recordset($1::jsonb) as asked ("schema" text, name text)
join lateral (
  select distinct t.tgconstraint, t.tgrelid from pg_trigger t
  where t.tgconstraint <> 0 and t.tgrelid = (
    select r.oid from pg_class r join pg_namespace s on s.oid = r.relnamespace
    where r.relname = asked.name and (s.nspname = asked."schema" or asked."schema" = 'pg_temp' and s.oid = pg_my_temp_schema()))
) t on true
join pg_constraint f on f.oid = t.tgconstraint and f.contype = 'f' and f.confrelid = t.tgrelid
join pg_class c on c.oid = f.conrelid
join pg_namespace n on n.oid = c.relnamespace
join lateral (
  select sum(greatest(part.reltuples, 0)) as rows, sum(pg_relation_size(part.oid)) / current_setting('block_size')::bigint as pages
  from pg_class part
  where part.relkind <> 'p' and (part.oid = c.oid or part.oid in (select relid from pg_partition_tree(c.oid) where isleaf))
) size on true`

/** Adds the foreign keys that refer to the tables of the schema: those whose rows a DELETE or UPDATE must look for. */
export async function addForeignKeys(session: PlanSession, schema: PlanSchema): Promise<PlanSchema> {
  if (schema.tables.length === 0) return schema
  const { rows } = await session.query(FOREIGN_KEYS, [
    JSON.stringify(schema.tables.map((table) => ({ schema: table.schema, name: table.name }))),
  ])
  const keys = readList(rows[0]?.['keys'])
  return {
    ...schema,
    foreignKeys: keys.map((key) => ({ ...key, index: key['index'] ?? undefined })) as unknown as readonly PlanForeignKey[],
  }
}
