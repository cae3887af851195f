import type { Catalogue, CatalogueForeignKey, CatalogueIndex, CatalogueTable } from './catalogue.js'

/** One connection; a `json` column comes as text. */
export interface CatalogueSession {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
}

/**
 * Runs on 13 and newer: columns of later versions are read through `to_jsonb`. Left out are the server's own schemas, temporary tables, and what
 * belongs to an extension.
 */
const CATALOGUE_QUERY = `
WITH own AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, coalesce(pg_partition_root(c.oid)::oid, c.oid) AS root
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT
  (SELECT coalesce(json_agg(json_build_object(
      'oid', oid::bigint, 'schema', nspname, 'name', relname, 'root', root::bigint, 'reltuples', reltuples, 'relpages', relpages,
      'kind', CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' ELSE 'materialised view' END,
      'bytes', coalesce(pg_relation_size(oid), 0)
    ) ORDER BY nspname, relname), '[]') FROM own)::text AS tables,
  (SELECT coalesce(json_agg(json_build_object(
      'oid', x.indexrelid::bigint, 'schema', own.nspname, 'name', i.relname, 'table', x.indrelid::bigint, 'method', am.amname,
      'bytes', coalesce(pg_relation_size(x.indexrelid), 0),
      'unique', x.indisunique, 'primary', x.indisprimary, 'exclusion', x.indisexclusion, 'valid', x.indisvalid,
      'nullsNotDistinct', coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::bool, false),
      'building', EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid),
      'partitioned', i.relkind = 'I',
      'parent', (SELECT inhparent::bigint FROM pg_inherits WHERE inhrelid = x.indexrelid),
      'keys', (SELECT json_agg(json_build_object('text', pg_get_indexdef(x.indexrelid, k, true), 'opclass', x.indclass[k - 1]::bigint,
          'collation', x.indcollation[k - 1]::bigint, 'option', x.indoption[k - 1]) ORDER BY k) FROM generate_series(1, x.indnkeyatts) k),
      'included', (SELECT coalesce(json_agg(pg_get_indexdef(x.indexrelid, k, true) ORDER BY k), '[]') FROM generate_series(x.indnkeyatts + 1, x.indnatts) k),
      'predicate', pg_get_expr(x.indpred, x.indrelid),
      'canBePrimary', x.indisunique AND x.indisvalid AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL AND am.amname = 'btree'
        AND i.relkind = 'i' AND own.relkind = 'r' AND own.root = own.oid AND 0 = ALL (x.indoption::int2[])
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = ANY ((x.indkey::int2[])[0:x.indnkeyatts - 1]) AND NOT a.attnotnull),
      'constraint', (SELECT c.conname FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x')),
      'needed', x.indisreplident OR EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype = 'f'),
      'definition', pg_get_indexdef(x.indexrelid)
    ) ORDER BY x.indexrelid), '[]')
    FROM own JOIN pg_index x ON x.indrelid = own.oid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
    WHERE x.indislive)::text AS indexes,
  (SELECT coalesce(json_agg(json_build_object(
      'oid', f.oid::bigint, 'name', f.conname, 'table', f.conrelid::bigint, 'parent', nullif(f.conparentid, 0)::bigint,
      'referenced', json_build_object('schema', rn.nspname, 'name', r.relname),
      'columns', (SELECT json_agg(a.attname ORDER BY k.ord) FROM unnest(f.conkey) WITH ORDINALITY k (attnum, ord)
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum),
      'onDelete', CASE f.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END,
      'indexes', (SELECT coalesce(json_agg(x.indexrelid::bigint ORDER BY x.indexrelid), '[]')
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
        WHERE x.indrelid = f.conrelid AND x.indisvalid AND am.amname <> 'brin'
          AND (NOT EXISTS (
              -- A column of the key that none of the leading columns is, with the operator of the foreign key.
              SELECT FROM unnest(f.conkey, f.conpfeqop) AS k (attnum, op)
              JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
              WHERE NOT EXISTS (
                SELECT FROM generate_series(0, least(cardinality(f.conkey), x.indnkeyatts) - 1) p JOIN pg_opclass oc ON oc.oid = x.indclass[p]
                WHERE x.indkey[p] = k.attnum AND x.indcollation[p] = a.attcollation AND EXISTS (
                  SELECT FROM pg_amop o JOIN pg_operator op ON op.oid = k.op
                  WHERE o.amopfamily = oc.opcfamily AND o.amopopr IN (op.oid, op.oprcom))))
            -- At most one row for each key: the rest of its columns changes nothing.
            OR x.indisunique AND am.amname = 'btree' AND (x.indkey::int2[])[0:x.indnkeyatts - 1] <@ f.conkey))
    ) ORDER BY own.nspname, own.relname, f.conname), '[]')
    FROM own JOIN pg_constraint f ON f.conrelid = own.oid JOIN pg_class r ON r.oid = f.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
    WHERE f.contype = 'f' AND coalesce((to_jsonb(f) ->> 'conenforced')::bool, true))::text AS foreign_keys`

/** Reads all of it in one statement. */
export async function readCatalogue(session: CatalogueSession): Promise<Catalogue> {
  const { rows } = await session.query(CATALOGUE_QUERY)
  const tables = readList<CatalogueTable>(rows[0]?.['tables'])
  return {
    tables: new Map(tables.map((table) => [table.oid, table])),
    indexes: readList<CatalogueIndex>(rows[0]?.['indexes']).map((index) => ({
      ...index,
      parent: index.parent ?? undefined,
      predicate: index.predicate ?? undefined,
      constraint: index.constraint ?? undefined,
    })),
    foreignKeys: readList<CatalogueForeignKey>(rows[0]?.['foreign_keys']).map((key) => ({ ...key, parent: key.parent ?? undefined })),
  }
}

/** The query above is what makes it true. */
function readList<Item>(column: unknown): readonly Item[] {
  return JSON.parse(String(column)) as readonly Item[]
}
