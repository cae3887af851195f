import { errorFields } from '../primitives/error-fields.js'

export const DISK_FULL_REMEDY = 'Free some space, or set HOTBED_RUN_DIRECTORY to a place that has more.'

/** True when `error`, or what caused it, is a file system without room: as Postgres, its log, a command or Node says it. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, message } = errorFields(error)
  return code === '53100' || code === 'ENOSPC' || message.includes('No space left on device') || isDiskFull(Reflect.get(error, 'cause'))
}
