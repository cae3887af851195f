import type { Answer } from '../rule.js'
import type { Answered } from './kept-replies.js'

/** What becomes of a request. */
export type Fate =
  /** `answered`: its reply is kept, until whoever gave it says that it may go. */
  | { readonly kind: 'pass'; readonly answered?: Answered }
  /** The connection is cut: before the server got the request, or after it has carried it out and before the client knows. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }
  /** The client gets a TCP reset. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Of an upstream's answer so many bytes come, and then the end. */
  | { readonly kind: 'truncate'; readonly bytes: number }

/** The server gets it. */
export function goesOn(fate: Fate): fate is Extract<Fate, { readonly kind: 'pass' | 'cut' }> {
  return fate.kind === 'pass' || (fate.kind === 'cut' && fate.when === 'after')
}
