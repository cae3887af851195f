import { createClientSide, type ClientSide, type ClientSideHost } from './client-side.js'
import type { TransactionStatus } from '../exchange.js'
import type { LiveStatement } from './live-statement.js'
import { createServerSide, type ServerSide, type ServerSideHost } from './server-side.js'
import { createSessionState } from './session-state.js'

/** Follows one connection: which reply belongs to which statement. */
export interface PostgresSession {
  readonly client: ClientSide
  readonly server: ServerSide
  /** What the server's next message belongs to. */
  readonly current: () => LiveStatement | undefined
  readonly status: () => TransactionStatus
  /** The server has not let the client in yet. */
  readonly isStarting: () => boolean
  /** Something is still unanswered. */
  readonly isBusy: () => boolean
}

export function createPostgresSession(host: ClientSideHost & ServerSideHost): PostgresSession {
  const state = createSessionState()
  return {
    client: createClientSide(state, host),
    server: createServerSide(state, host),
    current: () => state.steps.first()?.statement,
    status: () => state.status,
    isStarting: () => !state.isReady,
    isBusy: () => state.steps.size() > 0,
  }
}
