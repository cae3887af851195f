import type { PlanSchema } from './plan.js'
import { readList, type TableName } from './read-schema.js'
import type { PlanSession } from './session.js'

/**
 * A page of 8192 bytes has 24 of its own; a row has a line pointer of 4, a header of 24, a bit for every column that can be NULL, and is padded to
 * a multiple of 8 (storage-page-layout in the manual). The padding between columns is taken to be the worst there can be.
 * A column that was added or never analysed has no statistics: then nothing is said.
 */
const ROWS_PER_PAGE = `
select coalesce(jsonb_agg(jsonb_build_object('schema', asked."schema", 'name', asked.name, 'rowsPerPage', fit.rows)), '[]')::text as tables
from jsonb_to_recordset($1::jsonb) as asked ("schema" text, name text)
join pg_namespace n on n.nspname = asked."schema" or asked."schema" = 'pg_temp' and n.oid = pg_my_temp_schema()
join pg_class c on c.relnamespace = n.oid and c.relname = asked.name and c.relkind in ('r', 'm')
join lateral (
  select case when count(*) = count(s.avg_width) then
      greatest(1, floor((current_setting('block_size')::int - 24)
        * coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 100) / 100.0
        / (28 + 8 * ceil((ceil(count(*) / 8.0)
          + sum(s.avg_width * (1 - s.null_frac) + case a.attalign when 'd' then 7 when 'i' then 3 when 's' then 1 else 0 end)) / 8))))
    end as rows
  from pg_attribute a
  left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
) fit on fit.rows is not null`

/** Adds `rowsPerPage` to the tables that are named. Dearer than the rest of the schema, so only asked for where a statement read much. */
export async function addRowsPerPage(session: PlanSession, schema: PlanSchema, tables: readonly TableName[]): Promise<PlanSchema> {
  if (tables.length === 0) return schema
  const asked = JSON.stringify(tables.map(({ schema: own = 'public', name }) => ({ schema: own, name })))
  const { rows } = await session.query(ROWS_PER_PAGE, [asked])
  const found = readList(rows[0]?.['tables'])
  return {
    ...schema,
    tables: schema.tables.map((table) => {
      const fit = found.find((one) => one['schema'] === table.schema && one['name'] === table.name)
      return fit === undefined ? table : { ...table, rowsPerPage: Number(fit['rowsPerPage']) }
    }),
  }
}
