import { plural } from '../../primitives/plural.js'
import type { RecordedEvent, Statement } from '../../wire/recording/recording.js'

/** What became of a write. */
export interface WriteEffect {
  /** Undefined: the recording does not tell. */
  readonly tookEffect: boolean | undefined
  /** In a few words. */
  readonly because: string
}

/**
 * A write took effect unless it failed, wrote 0 rows, or was rolled back with its transaction. Redis refuses by an error, or as NX, XX and scripts
 * by convention do: nil, 0 or less.
 */
export function effectOf(event: RecordedEvent, statements: readonly Statement[]): WriteEffect {
  if (event.error !== undefined) {
    return { tookEffect: false, because: typeof event.error === 'string' ? event.error : `${event.error.code}: ${event.error.message}` }
  }
  if (event.end === undefined) return { tookEffect: undefined, because: 'no reply came while it was recorded' }
  if (event.store === 'upstream') return { tookEffect: true, because: String(event.status) }
  if (event.store === 'redis') {
    const { kind, text } = event.reply ?? { kind: 'null', text: 'no reply' }
    return { tookEffect: kind !== 'null' && !(kind === 'integer' && Number(text) <= 0), because: text }
  }
  if (event.tag !== undefined && /^(?:INSERT|UPDATE|DELETE|MERGE)\b/.test(event.tag) && event.rows === 0) {
    return { tookEffect: false, because: '0 rows' }
  }
  const rows = plural(event.rows, 'row')
  if (event.transaction === undefined) return { tookEffect: true, because: rows }
  const end = statements.findLast(({ transaction }) => transaction === event.transaction)
  if (end?.error === undefined && end?.tag === 'COMMIT') return { tookEffect: true, because: `${rows}, then COMMIT` }
  if (end?.tag === 'ROLLBACK' || end?.error !== undefined) return { tookEffect: false, because: `${rows}, then ROLLBACK` }
  return { tookEffect: undefined, because: `${rows}, in a transaction that was still open` }
}
