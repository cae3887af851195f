import { HotbedError } from '../../../src/primitives/error.js'
import { explain, type ExplainOptions } from '../../../src/plan/explain.js'
import type { Plan } from '../../../src/plan/plan.js'
import type { TestDatabase } from '../../plan/with-postgres.js'

/** Explains on the session of a test. */
export function explainOn(
  database: () => TestDatabase,
): (sql: string, params?: readonly unknown[], options?: ExplainOptions) => Promise<Plan> {
  return (sql, params = [], options = {}) => explain(database().sql, sql, params, options)
}

/** Texts are compared on several versions of Postgres, whose blocks are filled differently. */
export function mask(text: string): string {
  return text.replaceAll(/buffers [\d,]+/g, 'buffers n').replaceAll(/spilled [\d,]+/g, 'spilled n')
}

/** The message of the evidence, or of the option, that is refused. */
export function refusal(judge: () => { readonly pass: boolean }): string {
  try {
    return `no error, but pass: ${judge().pass}`
  } catch (error) {
    if (!(error instanceof HotbedError)) throw error
    return mask(error.message)
  }
}
