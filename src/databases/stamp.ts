import type { Owner } from '../primitives/owner.js'

/**
 * What a database, or schema, of ours on a shared server is.
 *
 * - `suite`: of one suite, and what a suite makes for a moment; goes with its run.
 * - `building`: a template in the making; goes with its run.
 * - `template`: whole, for every run with the same stack.
 * - `kept`: a suite that was left on purpose.
 */
export type StampKind = 'suite' | 'building' | 'template' | 'kept'

/** Says on a shared server whose a database is: its comment. A name alone proves nothing. */
export interface Stamp {
  readonly kind: StampKind
  /** Of the run that made it, and last used it. */
  readonly run: string
  readonly owner: Owner
  /** When it was made, and a template last used, by the server's clock: milliseconds since 1970. */
  readonly atMs: number
}

/** Everything before the first brace. */
const MARK = 'hotbed: '
const KINDS: readonly string[] = ['suite', 'building', 'template', 'kept'] satisfies readonly StampKind[]

export function formatStamp(stamp: Stamp): string {
  return `${MARK}${JSON.stringify(stamp)}`
}

/** What `formatStamp` wrote; `undefined` for a comment of anybody else. */
export function parseStamp(comment: unknown): Stamp | undefined {
  if (typeof comment !== 'string' || !comment.startsWith(`${MARK}{`)) return undefined
  try {
    const { kind, run, owner, atMs } = JSON.parse(comment.slice(MARK.length)) as Partial<Stamp>
    const isWhole =
      kind !== undefined &&
      KINDS.includes(kind) &&
      typeof run === 'string' &&
      typeof atMs === 'number' &&
      typeof owner?.bootId === 'string' &&
      typeof owner.pidNamespace === 'string' &&
      typeof owner.pid === 'number'
    return isWhole ? { kind, run, owner, atMs } : undefined
  } catch {
    return undefined
  }
}
