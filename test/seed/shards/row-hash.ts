import { connectSql } from '../../../src/databases/sql-client.js'

/** Of all rows of each table, whatever their order and place: how many there are, and a hash. */
export async function hashRows(url: string, tables: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const client = await connectSql({ connectionString: url })
  try {
    const hashes: Record<string, string> = {}
    for (const table of tables) {
      const { rows } = await client.query(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(hash, '' ORDER BY hash)), '') AS hash FROM (SELECT md5(t::text) AS hash FROM ${table} t) hashed`,
      )
      hashes[table] = String(rows[0]?.['hash'])
    }
    return hashes
  } finally {
    await client.close()
  }
}
