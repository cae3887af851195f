import { quoteIdentifier } from '../databases/sql-client.js'
import { copyBinary } from './copy-binary.js'
import { copyText } from './copy-text.js'
import type { BoundTable } from './bind-dataset.js'
import { findEncoding } from './encode/find-encoding.js'
import type { LoadSession } from './load-session.js'
import type { LoadProgress } from './load-report.js'
import { startRowsAhead } from './rows-ahead.js'
import { tableName } from './table-name.js'
import { monotonicMs } from '../primitives/real-time.js'

export interface TableCopy {
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly format: 'binary' | 'text'
}

export interface CopyTableOptions {
  readonly freeze: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
}

/** Writes the rows of one table, in their order: one stream, because two would change where rows lie, and with that plans. */
export async function copyTable(session: LoadSession, bound: BoundTable, options: CopyTableOptions): Promise<TableCopy> {
  const { table, from, rows } = bound
  const start = monotonicMs()
  const columns = bound.columns.filter((column) => column.bound.sql === undefined)
  if (columns.length === 0) {
    // Everything is left to the server.
    await session.query(`INSERT INTO ${tableName(table)} SELECT FROM generate_series(1, $1::bigint)`, [rows - from])
    return { rows: rows - from, bytes: 0, seconds: (monotonicMs() - start) / 1000, format: 'text' }
  }
  const encodings = columns.map(({ schema }) => findEncoding(schema.type))
  const writers = encodings.flatMap((encoding, i) => {
    const column = columns[i]
    return encoding === undefined || column === undefined ? [] : [encoding.createWriter(column.bound, column.schema, table.id)]
  })
  const { freeze, signal, onProgress } = options
  const elsewhere = columns.flatMap((column) => column.bound.elsewhere ?? [])
  const ahead = elsewhere.length === 0 ? undefined : startRowsAhead(elsewhere, from, rows)
  const common = {
    table: table.id,
    target: tableName(table),
    fromRow: from,
    toRow: rows,
    freeze,
    ...(ahead === undefined ? {} : { prepareRows: ahead.prepare }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : {
          onProgress: (progress: { readonly rows: number; readonly bytes: number }) =>
            onProgress({ table: table.id, phase: 'rows', rowsDone: progress.rows, rows: rows - from, bytes: progress.bytes }),
        }),
  }
  const isBinary = writers.length === columns.length
  try {
    const copied = isBinary
      ? await copyBinary(session.client, {
          ...common,
          writers,
          columns: columns.map(({ schema, bound: { at } }) => ({ name: schema.name, at })),
        })
      : await copyText(session.client, { ...common, columns: columns.map(({ schema, bound: { at } }) => ({ schema, at })) })
    return { ...copied, seconds: (monotonicMs() - start) / 1000, format: isBinary ? 'binary' : 'text' }
  } finally {
    await ahead?.end()
  }
}

/**
 * Columns of `sql()`: computed by the server over the rows just written.
 *
 * @param isAlone there are no other rows @default when there were none before the load
 */
export async function computeColumns(
  session: LoadSession,
  bound: BoundTable,
  isAlone: boolean = bound.table.existingRows === 0,
): Promise<void> {
  const computed = bound.columns.filter((column) => column.bound.sql !== undefined)
  if (computed.length === 0 || bound.rows === bound.from) return
  const list = computed.map(({ schema, bound: { sql } }) => `${quoteIdentifier(schema.name)} = (${sql ?? 'NULL'})`)
  // Rows that were there before are not touched.
  const own = isAlone ? '' : ' WHERE xmin = ((txid_current() & 4294967295)::text)::xid'
  await session.query(`UPDATE ${tableName(bound.table)} SET ${list.join(', ')}${own}`)
}
