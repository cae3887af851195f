import { debuglog, inspect } from 'node:util'
import pc from 'picocolors'
import { isHotbedError } from '../primitives/error.js'

/** Prints what went wrong and what to do, without a stack unless `NODE_DEBUG=hotbed`. */
export function printFailure(error: unknown): void {
  process.stderr.write(`${pc.red('hotbed:')} ${formatFailure(error, debuglog('hotbed').enabled)}\n`)
}

export function formatFailure(error: unknown, withStack: boolean): string {
  if (withStack) return inspect(error)
  const messages = describe(error)
  return isHotbedError(error) ? messages : `${messages}\n  → With NODE_DEBUG=hotbed the stack is shown.`
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map((inner) => `  ${describe(inner)}`)].join('\n')
  return error instanceof Error ? error.message : String(error)
}
