import { ERROR_CODES, type ErrorCode } from './error-codes.js'

/** What an error of hotbed is made of. */
export interface ErrorFacts {
  /** What was expected and what was found, in one or two sentences. */
  readonly message: string
  /** The next command to type or change to make. Printed on its own line. */
  readonly remedy?: string
  /** The last lines that the failed process logged, oldest first. */
  readonly log?: readonly string[]
  /** The error underneath, kept whole. */
  readonly cause?: unknown
}

/**
 * Every error that hotbed throws on purpose. `code` tells them apart (the table is `ERROR_CODES`);
 * `remedy` is the next thing to do and `log` the last lines of the process that failed, where there was one.
 */
export class HotbedError extends Error {
  readonly code: ErrorCode
  readonly remedy: string | undefined
  readonly log: readonly string[]

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(composeMessage(code, facts), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.remedy = facts.remedy
    this.log = facts.log ?? []
  }

  static {
    // On the prototype, so that `name` is not printed as an own property.
    Object.defineProperty(HotbedError.prototype, 'name', {
      value: 'HotbedError',
      configurable: true,
      writable: true,
    })
  }
}

/** True for an error of hotbed, also one made by another copy of the package. */
export function isHotbedError(error: unknown): error is HotbedError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in ERROR_CODES
}

function composeMessage(code: ErrorCode, facts: ErrorFacts): string {
  const parts = [`${facts.message} [${code}]`]
  if (facts.remedy !== undefined) parts.push(`  → ${facts.remedy}`)
  if (facts.log !== undefined && facts.log.length > 0) {
    parts.push('  Last lines of its log:', ...facts.log.map((line) => `    ${line}`))
  }
  return parts.join('\n')
}
