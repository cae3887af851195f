import { inspectCatalogue } from '../../src/schema-check/inspect-schema.js'
import type { RecordedUse } from '../../src/schema-check/findings/unused-indexes.js'
import type { SchemaFindingId, SchemaInspection } from '../../src/schema-check/schema-inspection.js'
import { describeEachPostgres, type TestDatabase } from '../plan/with-postgres.js'

/** Runs the tests for every Postgres, with a function that inspects and one that gives the findings of one kind as lines. */
export async function describeSchema(
  setup: string,
  tests: (schema: {
    readonly database: () => TestDatabase
    readonly inspect: (use?: RecordedUse) => Promise<SchemaInspection>
    /** Text and remedy of each finding of this kind. */
    readonly lines: (id: SchemaFindingId) => Promise<readonly string[]>
  }) => void,
): Promise<void> {
  await describeEachPostgres(setup, (database) => {
    const inspect = (use?: RecordedUse): Promise<SchemaInspection> =>
      inspectCatalogue(database().sql, { use, superuser: undefined, timeoutMs: 30_000 })
    tests({
      database,
      inspect,
      lines: async (id) =>
        (await inspect()).findings.flatMap((finding) => (finding.id === id ? [`${finding.text}\n  ${finding.remedy}`] : [])),
    })
  })
}
