import type { PostgresRole } from './exchange.js'
import type { PlainHttpAnswer } from './http/http-answer.js'
import type { MatchSpec, MatchSubject } from './match.js'
import type { OutageMode } from './outage.js'

/** What a rule answers in the server's place. */
export type Answer =
  | { readonly error: { readonly code: string; readonly message: string } }
  /** Redis only. A text, a whole number, `null`, or a list of these. */
  | { readonly value: AnswerValue }
  /** Upstreams only. */
  | { readonly http: PlainHttpAnswer }

export type AnswerValue = string | number | null | readonly AnswerValue[]

/** What a rule does with what it matches. Plain data. */
export type RuleAction =
  | { readonly kind: 'hold'; readonly parties: number | undefined; readonly deadlineMs: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'reply'; readonly answer: Answer }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** Upstreams only. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** What `suite.outage` makes: also of connections that are about to be made. */
  | { readonly kind: 'outage'; readonly store: 'postgres' | 'redis'; readonly mode: OutageMode }

/** A whole store, or a match. */
export type RuleMatchSpec = 'postgres' | 'redis' | MatchSpec

export interface RuleSpec {
  readonly match: RuleMatchSpec
  readonly action: RuleAction
  /** After so many it lets the rest pass. */
  readonly times: number | undefined
  /** So many pass before it begins. */
  readonly skip: number
  /** Only on this connection: its number. */
  readonly connection: number | undefined
  /** Of Postgres only on servers that serve as this. @default all */
  readonly server?: PostgresRole | undefined
}

/** Why a gate opened. */
export type GateOutcome =
  | 'released'
  | 'all parties arrived'
  | 'the others wait for a lock'
  /** They have settled, or ended before they came. */
  | 'the others have ended'
  /** They ask nothing new: they wait in memory, or ask for a lock again and again. */
  | 'the others ask nothing new'
  | 'deadline'

/** What a rule has seen so far. */
export interface RuleState {
  /** Matches, those that passed by `skip` and `times` included. */
  readonly seen: number
  /** Matches that it acted on. */
  readonly applied: number
  /** How many of those are connections; the others are requests. */
  readonly connections: number
  /** Requests that it holds at this moment. */
  readonly holding: number
  /** Connections that it does not let in at this moment. */
  readonly waiting: number
  readonly outcome: GateOutcome | undefined
  /** The last requests that it did not match, newest last. */
  readonly passed: readonly MatchSubject[]
}

/** `UPDATE seats → hold`, `redis → outage (hang)` */
export function ruleText({ match, action, server }: Pick<RuleSpec, 'match' | 'action' | 'server'>): string {
  const mode = action.kind === 'outage' ? ` (${action.mode})` : ''
  return `${typeof match === 'string' ? match : match.text}${server === undefined ? '' : ` on the ${server}`} → ${action.kind}${mode}`
}
