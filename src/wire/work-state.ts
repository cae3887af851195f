import type { MatchSubject } from './match.js'

/** What the tap sees of work that has not ended. */
export interface WorkState {
  /** How many requests there have been while it was watched, polls that found nothing not among them. */
  readonly asked: number
  /** How many polls for jobs there have been while it was watched. */
  readonly polls: number
  /** Connections that wait in Redis for something to come (`BZPOPMIN`, `XREAD BLOCK`). */
  readonly readers: number
  /** Empty: nothing is on its way. */
  readonly unfinished: readonly UnfinishedRequest[]
}

export interface UnfinishedRequest {
  readonly connection: number
  readonly store: 'postgres' | 'redis'
  readonly why: 'without its reply' | 'held by a rule' | 'idle in a transaction' | 'connecting'
  /** Undefined where the tap has not read it: it came before anybody watched. */
  readonly subject: MatchSubject | undefined
}
