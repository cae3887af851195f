import { errorFields } from '../primitives/error-fields.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { rootTables, sizeOf } from './catalogue.js'
import { findInvalidIndexes } from './findings/invalid-indexes.js'
import { findMissingPrimaryKeys } from './findings/missing-primary-keys.js'
import { findDuplicateIndexes, findRedundantIndexes } from './findings/needless-indexes.js'
import { findUnindexedForeignKeys } from './findings/unindexed-foreign-keys.js'
import { findUnusedIndexes, type RecordedUse } from './findings/unused-indexes.js'
import { measureBloat } from './measure-bloat.js'
import { readCatalogue, type CatalogueSession } from './read-catalogue.js'
import { makeSchemaInspection, SCHEMA_FINDING_IDS, type SchemaInspection } from './schema-inspection.js'

export interface InspectionRequest {
  /** What a recording used; without it unused indexes are not looked for. */
  readonly use: RecordedUse | undefined
  /** A session that may create the extension `pgstattuple`; without it bloat is not measured. */
  readonly superuser: CatalogueSession | undefined
  readonly timeoutMs: number
}

const SAVEPOINT = 'hotbed_schema'

/**
 * Reads the catalogue and, where it is asked for, the files. Nothing is changed.
 *
 * @param insideTransaction the session is inside a transaction, which is kept
 * @throws {HotbedError} `ERR_HOTBED_QUERY` when the server refuses, or takes longer than `timeoutMs`
 */
export async function inspectCatalogue(
  session: CatalogueSession,
  { use, superuser, timeoutMs }: InspectionRequest,
  insideTransaction = false,
): Promise<SchemaInspection> {
  const catalogue = await undone(session, { timeoutMs, insideTransaction }, () => readCatalogue(session))
  const bloat =
    superuser === undefined
      ? undefined
      : await undone(superuser, { timeoutMs, insideTransaction: false }, () => measureBloat(superuser, catalogue))
  const unused = use === undefined ? { findings: [], notes: [] } : findUnusedIndexes(catalogue, use)
  const findings = [
    ...findUnindexedForeignKeys(catalogue),
    ...findMissingPrimaryKeys(catalogue),
    ...findInvalidIndexes(catalogue),
    ...findDuplicateIndexes(catalogue),
    ...findRedundantIndexes(catalogue),
    ...unused.findings,
  ]
  return makeSchemaInspection({
    findings,
    tables: rootTables(catalogue).map((table) => ({
      schema: table.schema,
      table: table.name,
      ...sizeOf(catalogue, table),
      bloat: bloat?.get(table.oid),
    })),
    checked: SCHEMA_FINDING_IDS.filter((id) => id !== 'unused-index' || use !== undefined),
    bloatMeasured: bloat !== undefined,
    notes: unused.notes,
  })
}

interface Bounds {
  readonly timeoutMs: number
  readonly insideTransaction: boolean
}

/** Looks within a transaction that is rolled back, so that neither the time limit nor an extension remains. */
async function undone<Found>(
  session: CatalogueSession,
  { timeoutMs, insideTransaction }: Bounds,
  look: () => Promise<Found>,
): Promise<Found> {
  try {
    await session.query(insideTransaction ? `SAVEPOINT ${SAVEPOINT}` : 'BEGIN')
    await session.query("SELECT set_config('statement_timeout', $1, true)", [String(timeoutMs)])
    return await look()
  } catch (error) {
    if (isHotbedError(error)) throw error
    const { message, code } = errorFields(error)
    throw new HotbedError('ERR_HOTBED_QUERY', {
      message: `The schema could not be inspected: ${message}${code === undefined ? '' : ` (SQLSTATE ${code})`}.`,
      ...(code === '57014' ? { remedy: `It took longer than ${timeoutMs} ms; { timeoutMs } waits longer.` } : {}),
      cause: error,
    })
  } finally {
    // When the connection is gone there is nothing to undo, and its own error is the one to be told.
    await session
      .query(insideTransaction ? `ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}` : 'ROLLBACK')
      .catch(() => {})
  }
}
