import { errorFields } from '../primitives/error-fields.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { showValue } from './generators/argument.js'
import { loadRemedy } from './load-error.js'

/** What is needed to name a row that the server refused. */
export interface CopiedColumn {
  readonly name: string
  /** The value of a row, to show it. */
  readonly at: (row: number) => unknown
}

/** Error of a load, from what the server said. It counts lines of the COPY from 1; the dataset counts rows from 0. */
export function explainCopyError(error: unknown, table: string, fromRow: number, columns: readonly CopiedColumn[]): unknown {
  if (isHotbedError(error) || (error instanceof Error && error.name === 'AbortError')) return error
  const { message, code, detail, hint } = errorFields(error)
  const where: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'where') : undefined
  const place = typeof where === 'string' ? /, line (\d+)(?:, column ("(?:[^"]|"")+"|[^:\s]+))?/.exec(where) : null
  const isLost = code === undefined || /^(?:ECONN|EPIPE|57P0)/.test(code)
  if (isLost) {
    return new HotbedError('ERR_HOTBED_SEED', {
      message: `The load of ${table} broke off: the connection to the server was lost (${message}).`,
      remedy: 'Look at the log of the server for why it ended; NODE_DEBUG=hotbed shows more.',
      cause: error,
    })
  }
  const line = place?.[1]
  if (line === undefined || isOfServer(code)) {
    return new HotbedError('ERR_HOTBED_SEED', {
      message: `The load of ${table} failed: ${message}.${said(detail)}`,
      ...loadRemedy(code, hint),
      cause: error,
    })
  }
  const row = fromRow + Number(line) - 1
  const columnName = place?.[2]
  const shown = columns.filter(({ name }) => columnName === undefined || name === columnName)
  const values = shown.slice(0, 12).map(({ name, at }) => `${name} = ${showValue(at(row))}`)
  return new HotbedError('ERR_HOTBED_SEED', {
    message: `Row ${row.toLocaleString('en')} of ${table} was refused by the server: ${message}.${said(detail)} The dataset has ${values.join(', ')}.`,
    remedy: `Change the generators of ${table} so that this row is allowed; dataset.row('${table}', ${row}) shows it.`,
    cause: error,
  })
}

/** Resources, faults of the system and the like: the row that was being written has no part in it. */
function isOfServer(code: string): boolean {
  return /^(?:53|57|58|XX)/.test(code)
}

function said(detail: string | undefined): string {
  return detail === undefined ? '' : ` ${detail}`
}
