import type { DocumentBody } from '../document.js'

/** Seconds that a copy lives. */
export const TTL_SECONDS = 300
/** Seconds for which nobody may put a copy where one was taken away: longer than any reader takes from its look to its fill. */
export const BARRED_SECONDS = 10

/** Copies of documents in Redis, however they are kept. */
export interface Copies {
  /** `undefined`: there is no copy. */
  readonly get: (id: string) => Promise<DocumentBody | undefined>
  /** Puts one where nothing stands. */
  readonly add: (id: string, document: DocumentBody) => Promise<void>
  /** Puts one over what stands there, and keeps it for ever. */
  readonly overwrite: (id: string, document: DocumentBody) => Promise<void>
  /** Takes it away. */
  readonly remove: (id: string) => Promise<void>
  /** Takes it away, and keeps its place for a while: what a slow reader adds then is refused. */
  readonly bar: (id: string) => Promise<void>
}

export function keyOf(id: string): string {
  return `document:${id}`
}
