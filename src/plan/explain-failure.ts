import { errorFields, isLostConnection } from '../primitives/error-fields.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { pointAt } from './statement-text.js'

const TIMED_OUT = ['57014', '55P03']

/** What was being done when it failed. */
export interface FailedStatement {
  readonly sql: string
  /** Characters sent before the statement; `undefined` when the failing text did not hold it. */
  readonly prefixLength: number | undefined
  readonly timeoutMs: number
}

/** Says what PostgreSQL did not like about a statement, and where, or that there was no answer. An error of ours is told as it is. */
export function explainFailure(error: unknown, { sql, prefixLength, timeoutMs }: FailedStatement): unknown {
  if (isHotbedError(error)) return error
  const { message, code, detail, hint, position } = errorFields(error)
  if (code !== undefined && TIMED_OUT.includes(code)) {
    return new HotbedError('ERR_HOTBED_PLAN', {
      message: `The statement did not end within ${timeoutMs} ms: ${message}.\n${firstLines(sql)}`,
      remedy: 'Look for a lock that another connection holds; { analyze: false } plans without executing; { timeoutMs } waits longer.',
      cause: error,
    })
  }
  if (isLostConnection(error)) {
    return new HotbedError('ERR_HOTBED_PLAN', {
      message: `The connection ended before there was a plan: ${message}.\n${firstLines(sql)}`,
      remedy: 'Look for what ends sessions meanwhile: pg_terminate_backend, a reset, or the end of the suite.',
      cause: error,
    })
  }
  // PostgreSQL counts characters of the whole text that was sent, from 1.
  const place = position === undefined || prefixLength === undefined ? -1 : Number(position) - 1 - prefixLength
  return new HotbedError('ERR_HOTBED_PLAN', {
    message: [
      `PostgreSQL refused the statement: ${message}${code === undefined ? '' : ` (SQLSTATE ${code})`}.`,
      ...(place < 0 ? [firstLines(sql)] : pointAt(sql, unitsBefore(sql, place))),
      ...[detail, hint].filter((text) => text !== undefined).map((text) => `  ${text}`),
    ].join('\n'),
    cause: error,
  })
}

/** PostgreSQL counts characters, a JavaScript string counts some of them twice. */
function unitsBefore(sql: string, characters: number): number {
  return Array.from(sql).slice(0, characters).join('').length
}

function firstLines(sql: string): string {
  const lines = sql.trim().split('\n')
  return [...lines.slice(0, 4), ...(lines.length > 4 ? ['…'] : [])].map((line) => `  ${line}`).join('\n')
}

/** What PostgreSQL says of a setting that is unknown, cannot have this value, or is not for this role or this moment. */
const REFUSED_SETTING = ['42704', '22023', '42501', '55P02', '42602']

/** Of the settings that a statement is to be explained with. */
export function settingsFailure(error: unknown): unknown {
  const { message, code, hint } = errorFields(error)
  if (isHotbedError(error) || code === undefined || !REFUSED_SETTING.includes(code)) return error
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option 'settings' holds what PostgreSQL refuses: ${message}.`,
    remedy: hint ?? "Give settings as SET takes them: { work_mem: '1MB', enable_seqscan: false }.",
    cause: error,
  })
}
