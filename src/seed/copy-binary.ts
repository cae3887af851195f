import type { Client } from 'pg'
import { quoteIdentifier } from '../databases/sql-client.js'
import { explainCopyError, type CopiedColumn } from './copy-error.js'
import { streamCopy, type CopyProgress, type CopyStreamOptions, type RowWriter } from './copy-stream.js'
import type { ColumnWriter } from './encoding.js'

export type CopyOptions = Pick<CopyStreamOptions, 'prepareRows' | 'onProgress' | 'signal' | 'chunkBytes' | 'stallMs'> & {
  /** `schema.table` for messages. */
  readonly table: string
  /** Quoted, for SQL. @default `table`, each part quoted */
  readonly target?: string
  /** What is copied, in the order of `writers`. */
  readonly columns: readonly CopiedColumn[]
  readonly fromRow: number
  /** Not included. */
  readonly toRow: number
  /** `COPY … WITH (FREEZE)`: only in the transaction that made or truncated the table. @default false */
  readonly freeze?: boolean
}

export interface CopyBinaryOptions extends CopyOptions {
  readonly writers: readonly ColumnWriter[]
}

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER = Buffer.from([0xff, 0xff])

/**
 * Writes rows into a table in the order of their numbers, by one COPY in the binary format.
 *
 * @throws {HotbedError} `ERR_HOTBED_SEED` for a value that does not fit (the connection stays usable), for what the server refuses, naming the
 * row, and when the connection is lost; `ERR_HOTBED_TIMEOUT` when the server takes nothing for `stallMs`
 */
export async function copyBinary(client: Pick<Client, 'query'>, options: CopyBinaryOptions): Promise<CopyProgress> {
  return await runCopy(client, options, 'binary', { header: HEADER, trailer: TRAILER, writeRow: createRowWriter(options.writers) })
}

/** @throws as `copyBinary` */
export async function runCopy(
  client: Pick<Client, 'query'>,
  options: CopyOptions,
  format: 'binary' | 'text',
  content: Pick<CopyStreamOptions, 'header' | 'trailer' | 'writeRow'>,
): Promise<CopyProgress> {
  const { table, columns, freeze = false } = options
  const target = options.target ?? table.split('.').map(quoteIdentifier).join('.')
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
  const sql = `COPY ${target} (${names}) FROM STDIN WITH (FORMAT ${format}${freeze ? ', FREEZE' : ''})`
  try {
    return await streamCopy(client, { ...options, ...content, sql })
  } catch (error) {
    throw explainCopyError(error, table, options.fromRow, columns)
  }
}

/** A field count and the fields. */
export function createRowWriter(writers: readonly ColumnWriter[]): RowWriter {
  const count = writers.length
  return (target, at, row) => {
    let end = at + 2
    if (end > target.length) return -1
    target[at] = count >> 8
    target[at + 1] = count
    for (let index = 0; index < count; index += 1) {
      end = (writers[index] as ColumnWriter)(target, end, row)
      if (end < 0) return -1
    }
    return end
  }
}
