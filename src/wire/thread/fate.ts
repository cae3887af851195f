import type { Answer } from '../rule.js'

/** What becomes of a request. */
export type Fate =
  | { readonly kind: 'pass' }
  /** The connection is cut: before the server got the request, or after it has carried it out and before the client knows. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }
  /** The client gets a TCP reset. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'answer'; readonly answer: Answer }

/** The server gets it. */
export function goesOn(fate: Fate): fate is Extract<Fate, { readonly kind: 'pass' | 'cut' }> {
  return fate.kind === 'pass' || (fate.kind === 'cut' && fate.when === 'after')
}
