import type { BoundParameter, TransactionStatus } from '../exchange.js'
import type { LiveStatement } from './live-statement.js'
import { createCursors, type Cursors } from './cursors.js'
import { createPlanSwitch, type PlanSwitch } from './plan-switch.js'
import { createSteps, type Steps } from './steps.js'

export interface Prepared {
  readonly sql: string
  /** What the client named, or the server when it was asked. */
  types: readonly number[]
}

export interface Portal {
  readonly prepared: Prepared
  readonly statementName: string
  readonly parameters: readonly Omit<BoundParameter, 'type'>[]
  /** The last Execute of it. */
  statement: LiveStatement | undefined
}

/** What both directions of a connection share. */
export interface SessionState {
  readonly steps: Steps
  readonly prepared: Map<string, Prepared>
  readonly portals: Map<string, Portal>
  readonly plans: PlanSwitch
  readonly cursors: Cursors
  /** As the server said last. */
  status: TransactionStatus
  /** The server has let the client in. */
  isReady: boolean
  /** The client's Sync is still to come after an error: what it sends until then is ignored by the server. */
  isSkipping: boolean
  /** COPY data is being read for an Execute: the server ignores Sync. */
  isCopyingIn: boolean
}

export function createSessionState(): SessionState {
  return {
    steps: createSteps(),
    prepared: new Map(),
    portals: new Map(),
    plans: createPlanSwitch(),
    cursors: createCursors(),
    status: 'I',
    isReady: false,
    isSkipping: false,
    isCopyingIn: false,
  }
}
