import { HotbedError } from '../primitives/error.js'

/** @throws {HotbedError} `ERR_HOTBED_DATASET` for a count that is none */
export function checkRows(where: string, rows: unknown): void {
  if (Number.isSafeInteger(rows) && Number(rows) >= 0) return
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `${where} asks for ${String(rows)} rows, but a count is a whole number from 0 to 2^53 - 1.`,
  })
}

/** At least one row where there were any. */
export function scaleRows(rows: number, scale: number): number {
  return rows === 0 ? 0 : Math.max(1, Math.round(rows * scale))
}
