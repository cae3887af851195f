/** What a table or index goes by. Without a schema it is found on the search path. */
export interface SqlName {
  readonly schema?: string | undefined
  readonly name: string
}

/** PostgreSQL's keywords (kwlist.h of 18), without those that it calls unreserved. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check
  coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
  freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join json
  json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading
  least left like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
  only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user setof
  similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user
  using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse
  xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
)

/** A name as PostgreSQL prints it, and as people write it: quoted only where it would be read as something else (`quote_ident`). */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** As it stands in a statement, with its schema unless that is `public`: `orders`, `shop."Orders"`. */
export function quoteTable({ schema, name }: SqlName): string {
  return schema === undefined || schema === 'public' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/** As people call it, and matchers take it: `orders`, `shop.Orders`. */
export function tableLabel({ schema, name }: SqlName): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`
}
