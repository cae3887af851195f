import { quarterByQuarter } from '../read/quarter-by-quarter.js'
import { readClientName, type BuildReport } from '../report.js'
import { fileOf, writeReport } from '../write-report.js'

/**
 * Broken: `db` within the transaction is the pool, not the transaction. Each report waits for a second connection while it holds one, and the
 * entries are not even those of the transaction's snapshot.
 */
export const secondConnection: BuildReport = ({ db, directory }, request) =>
  db.transaction(
    async (tx) => {
      const name = await readClientName(tx, request.client)
      await writeReport(fileOf(directory, request), name, quarterByQuarter(db, request))
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
