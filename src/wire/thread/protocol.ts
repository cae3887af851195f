import type { PortableError } from '../../primitives/portable-error.js'
import type { UpstreamQuestion, UpstreamReply } from '../http/upstream-spec.js'
import type { MatchSubject } from '../match.js'
import type { BlockedSession } from '../stepping.js'
import type { CommitNotice } from './commit-turnstile.js'
import type { SuiteTargets, TappedSuite } from './suite-verbs.js'

/** What the process asks of the tap's thread. */
export type TapRequest = { readonly id: number } & (
  | { readonly open: SuiteTargets; readonly suite: number }
  | { readonly suite: number; readonly verb: TapVerb; readonly params: readonly unknown[] }
)

export type TapVerb = Exclude<keyof TappedSuite, 'ports'>

/** What the thread asks in its turn: a lock, a predicate or the stores cannot be looked at from there. */
export type TapQuestion = { readonly suite: number } & (
  | { readonly findBlocked: readonly number[] }
  | { readonly rule: number; readonly consult: MatchSubject }
  | { readonly lookAfter: CommitNotice }
  | { readonly readLog: number | undefined }
  | UpstreamQuestion
)

/** What the thread sends: answers, and questions of its own. */
export type TapReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PortableError }
  | ({ readonly ask: number } & TapQuestion)

/** The answer to what the thread asked. */
export interface TapAnswer {
  readonly answerTo: number
  readonly value: readonly BlockedSession[] | boolean | UpstreamReply | string | undefined
}
