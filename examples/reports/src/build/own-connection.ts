import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { quarterByQuarter } from '../read/quarter-by-quarter.js'
import { readClientName, type BuildReport } from '../report.js'
import { fileOf, writeReport } from '../write-report.js'

/** Broken: each report connects for itself. Eighty at once are eighty connections, and the server does not have that many. */
export const ownConnection: BuildReport = async ({ databaseUrl, directory }, request) => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const db = drizzle(client)
    const name = await readClientName(db, request.client)
    await writeReport(fileOf(directory, request), name, quarterByQuarter(db, request))
  } finally {
    await client.end()
  }
}
