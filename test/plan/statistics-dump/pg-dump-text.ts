import { quoteLiteral } from '../../../src/databases/sql-client.js'
import type { PlanSession } from '../../../src/plan/session.js'

/** The arguments of both functions that pg_dump 18 writes, in its order, with their types (src/bin/pg_dump/pg_dump.c, dumpRelationStats_dumper). */
const COLUMN_ARGUMENTS: readonly (readonly [string, string])[] = [
  ['null_frac', 'real'],
  ['avg_width', 'integer'],
  ['n_distinct', 'real'],
  ['most_common_vals', 'text'],
  ['most_common_freqs', 'real[]'],
  ['histogram_bounds', 'text'],
  ['correlation', 'real'],
  ['most_common_elems', 'text'],
  ['most_common_elem_freqs', 'real[]'],
]

/** What `pg_dump --statistics-only` of 18 writes of a database, made from the catalogue as it does: 18's pg_dump itself is not everywhere. */
export async function pgDumpText(session: PlanSession): Promise<string> {
  const { rows: relations } = await session.query(
    `SELECT n.nspname, c.relname, c.relkind, c.relpages::text, c.reltuples::text, c.relallvisible::text, c.oid::text
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.relname`,
  )
  const parts: string[] = [HEADER]
  for (const relation of relations) {
    const names = [
      `'version', '180003'::integer`,
      `'schemaname', ${literal(relation['nspname'])}`,
      `'relname', ${literal(relation['relname'])}`,
    ]
    parts.push(
      `--\n-- Statistics for Name: ${String(relation['relname'])}; Type: STATISTICS DATA; Schema: ${String(relation['nspname'])}; Owner: -\n--\n`,
      call('relation', [
        ...names,
        ...(['relpages', 'reltuples', 'relallvisible'] as const).map(
          (name) => `'${name}', ${literal(relation[name])}::${name === 'reltuples' ? 'real' : 'integer'}`,
        ),
        `'relallfrozen', '0'::integer`,
      ]),
    )
    const { rows: columns } = await session.query(
      `SELECT s.attname, a.attnum::text, s.inherited::text, ${COLUMN_ARGUMENTS.map(([name]) => `s.${name}::text`).join(', ')}
       FROM pg_stats s JOIN pg_attribute a ON a.attrelid = $1::oid AND a.attname = s.attname WHERE s.schemaname = $2 AND s.tablename = $3 ORDER BY a.attnum`,
      [relation['oid'], relation['nspname'], relation['relname']],
    )
    for (const column of columns) {
      // The names of an index's expressions are made up anew when it is restored.
      const isIndex = relation['relkind'] === 'i' || relation['relkind'] === 'I'
      parts.push(
        call('attribute', [
          ...names,
          isIndex ? `'attnum', ${literal(column['attnum'])}::smallint` : `'attname', ${literal(column['attname'])}`,
          `'inherited', '${column['inherited'] === 'true' ? 't' : 'f'}'::boolean`,
          ...COLUMN_ARGUMENTS.flatMap(([name, type]) => (column[name] === null ? [] : [`'${name}', ${literal(column[name])}::${type}`])),
        ]),
      )
    }
  }
  return `${parts.join('\n')}\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict aB'3\n`
}

const HEADER = `--
-- PostgreSQL database dump
--

\\restrict aB'3

-- Dumped from database version 18.3
-- Dumped by pg_dump version 18.3

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
`

function call(of: 'relation' | 'attribute', lines: readonly string[]): string {
  return `SELECT * FROM pg_catalog.pg_restore_${of}_stats(\n${lines.map((line) => `\t${line}`).join(',\n')}\n);`
}

function literal(value: unknown): string {
  return quoteLiteral(String(value))
}
