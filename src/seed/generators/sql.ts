import type { Generator } from '../generator.js'
import { wrongArgument } from './argument.js'

/**
 * Computed by the server once the table is loaded: `UPDATE … SET column = (expression)`. For what only it can do; everything else is far
 * faster as a generator.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for an empty expression
 */
export function sql(expression: string): Generator<never> {
  if (typeof expression !== 'string' || expression.trim() === '') throw wrongArgument('sql', 'expression', 'an SQL expression', expression)
  return { kind: 'sql', spec: { kind: 'sql', expression }, bind: () => ({ at: () => null, sql: expression }) }
}
