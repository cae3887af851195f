/** What PostgreSQL runs for a foreign key when a referenced row is deleted, or its key changed: it looks for the rows that refer to it. */
export interface ForeignKeyLookup {
  /** Absent for a temporary table. */
  readonly schema: string
  /** The referring table. */
  readonly table: string
  /** Its columns of the foreign key. */
  readonly columns: readonly string[]
}

const NAME = String.raw`"(?:[^"]|"")+"`
/** `DELETE FROM ONLY "public"."child" WHERE …`, `UPDATE ONLY … SET … WHERE …`, `SELECT 1 FROM ONLY … x WHERE …`; a partitioned table without ONLY. */
const LOOKUP = new RegExp(
  String.raw`^(?:DELETE FROM|UPDATE|SELECT 1 FROM) (?:ONLY )?(?:(${NAME})\.)?(${NAME})(?: x)?(?: SET .*?)? WHERE (.*)$`,
  's',
)
/** The check of a new row in the referring table has its operands the other way round: `"id" OPERATOR(pg_catalog.=) $1`. */
const COLUMN = new RegExp(String.raw`\$\d+(?:::\S+)? OPERATOR\([^)]*\) (${NAME})`, 'g')

/** Recognises such a statement by the text that PostgreSQL itself makes (ri_triggers.c); `undefined` for any other. */
export function readForeignKeyLookup({ sql }: { readonly sql: string }): ForeignKeyLookup | undefined {
  const match = LOOKUP.exec(sql.trim())
  if (match === null) return undefined
  const [, schema, table = '', conditions = ''] = match
  const columns = [...conditions.matchAll(COLUMN)].map(([, column = '']) => unquote(column))
  return columns.length === 0 ? undefined : { schema: schema === undefined ? 'public' : unquote(schema), table: unquote(table), columns }
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"')
}
