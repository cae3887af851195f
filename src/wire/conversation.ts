import type { TransactionStatus } from './exchange.js'
import type { LiveStatement } from './postgres/live-statement.js'
import type { LiveCommand } from './redis/live-command.js'
import type { LiveCall } from './http/live-call.js'
import type { Answer } from './rule.js'

/** What a connection to a store carries. */
export type LiveExchange = LiveStatement | LiveCommand

/** All that has a place on the timeline. */
export type LiveEvent = LiveExchange | LiveCall

/** What to do with one message of the client. Without anything it is passed on as it is. */
export interface ClientStep {
  /** Bytes of the tap's own, for the server: before the message and after it. */
  readonly before?: Buffer | undefined
  readonly after?: Buffer | undefined
  /** The message goes no further; the client gets this. */
  readonly answer?: Buffer | undefined
  /** The connection ends after the answer, for this reason. */
  readonly end?: string | undefined
}

/** An error that ends a connection before it has begun. */
export interface ServerRefusal {
  /** SQLSTATE */
  readonly code: string
  readonly message: string
}

/** What a conversation tells the link that it runs in. */
export interface ConversationHost {
  /** The number of the connection. */
  readonly connection: number
  /** The server is ready for the next request: it has let the client in, or answered what it asked, also where that had no exchange. */
  readonly ready: () => void
  /** Whether anybody wants to know of exchanges now: a window is open, or a rule lives. */
  readonly isWatched: () => boolean
  readonly wantsPlans: () => boolean
  /** Why no session may begin now: the client gets this instead. */
  readonly refuseSession?: () => ServerRefusal | undefined
  /** The server does not let the client in, for this reason: a SQLSTATE. */
  readonly refused: (kind: string) => void
  /** A request is complete and about to be sent. */
  readonly begin: (exchange: LiveExchange) => void
  /** Its reply is complete. Called again when a later message moves the end. */
  readonly end: (exchange: LiveExchange) => void
}

/** One connection's protocol, as its link drives it. */
export interface Conversation {
  /** Called for each message of the client, before it is sent; of a large one for each piece, where only the first may ask for something. */
  readonly client: (kind: string, frame: Buffer, totalBytes: number, index: number, isLast: boolean) => ClientStep | undefined
  /**
   * Called for a message of the client, or each piece of one, at the moment it goes to the server: gives what goes instead of it. Nothing: it goes
   * as it is. Left out by a protocol that changes nothing.
   */
  readonly depart?: (frame: Buffer, index: number, isLast: boolean) => Buffer | undefined
  /** Called likewise for the server's. `false`: the client must not see it; bytes: it sees these instead. */
  readonly server: (kind: string, frame: Buffer, totalBytes: number, index: number, isLast: boolean) => boolean | Buffer
  /** Called for many messages of bulk data of the server at once; the client sees them. */
  readonly rows: (kind: string, count: number, bytes: number) => void
  /** The server has sent what came last only because of a message of the tap's own: more follows, and the client can wait for it. */
  readonly isAhead: () => boolean
  /** What the server's next message belongs to. */
  readonly current: () => LiveExchange | undefined
  /** The messages sent since the last boundary take effect only together with what follows. */
  readonly isInGroup: () => boolean
  /** Withdraws the request that was just begun. Gives what the server gets instead, so that the client gets `answer` in its turn. */
  readonly replace: (exchange: LiveExchange, answer: Answer) => Buffer
  /** The reply cannot change any more: what was asked for has taken effect, or never will. */
  readonly isSettled: (exchange: LiveExchange) => boolean
  readonly status: () => TransactionStatus
  /** The server has not let the client in yet. */
  readonly isStarting: () => boolean
  readonly isBusy: () => boolean
  /** The server owes an answer to what it has, and will give it soon: it does not wait for another client, as far as is known. */
  readonly isOwed: () => boolean
  readonly description: () => {
    readonly name: string
    readonly user: string
    readonly database: string
    readonly processId: number | undefined
    /** Why the client was not let in. */
    readonly refusal?: ServerRefusal | undefined
    /** Replies that belong to no request. */
    readonly orphans: number
  }
}
