import type { PortableError } from '../../primitives/portable-error.js'
import type { MatchSubject } from '../match.js'
import type { BlockedSession } from '../stepping.js'
import type { SuiteTargets, TappedSuite } from './tapped-suite.js'

/** What the process asks of the tap's thread. */
export type TapRequest = { readonly id: number } & (
  | { readonly open: SuiteTargets; readonly suite: number }
  | { readonly suite: number; readonly verb: TapVerb; readonly params: readonly unknown[] }
)

export type TapVerb = Exclude<keyof TappedSuite, 'ports'>

/** What the thread answers, and what it asks in its turn: a lock or a predicate cannot be looked at from there. */
export type TapReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PortableError }
  | { readonly ask: number; readonly suite: number; readonly findBlocked: readonly number[] }
  | { readonly ask: number; readonly suite: number; readonly rule: number; readonly consult: MatchSubject }

/** The answer to what the thread asked. */
export interface TapAnswer {
  readonly answerTo: number
  readonly value: readonly BlockedSession[] | boolean
}
