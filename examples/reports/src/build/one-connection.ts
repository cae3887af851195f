import { quarterByQuarter } from '../read/quarter-by-quarter.js'
import { readClientName, type BuildReport, type ReadEntries } from '../report.js'
import { fileOf, writeReport } from '../write-report.js'

/** One connection for the whole report, all of whose parts are of one snapshot. */
export function withOneConnection(readEntries: ReadEntries): BuildReport {
  return ({ db, directory }, request) =>
    db.transaction(
      async (tx) => {
        const name = await readClientName(tx, request.client)
        await writeReport(fileOf(directory, request), name, readEntries(tx, request))
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
}

/** Repaired. */
export const oneConnection: BuildReport = withOneConnection(quarterByQuarter)
