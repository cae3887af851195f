import type { TransactionStatus } from '../exchange.js'
import { step, type Step } from './steps.js'
import { writeBind, writeClose, writeExecute, writeParse, writeSync } from './write-message.js'

/**
 * Whether auto_explain sends plans on a connection. It is switched by a SET of the tap's own, between two statements of the client, so that a
 * suite pays for plans only while it records.
 */
export interface PlanSwitch {
  readonly isOn: () => boolean
  /** On now, or earlier on this connection: plans may come. */
  readonly wasOn: () => boolean
  /** Gives the messages that make it `wanted`, or nothing when it is that already or cannot be changed now. */
  readonly set: (wanted: boolean, status: TransactionStatus, push: (own: Step) => void) => Buffer | undefined
  /** The server has done it. */
  readonly confirm: () => void
  /** The server would not: plans stay away from this connection. */
  readonly refuse: (reason: string) => void
  readonly refusal: () => string | undefined
  /** The session has plans on from its start, and nobody but a superuser could switch them off: before PostgreSQL 15. */
  readonly leaveOn: () => void
  /** A rollback or RESET may have undone it. */
  readonly forget: () => void
}

/** A named statement and portal: the unnamed ones are the client's, and a simple Query would destroy them. */
const NAME = 'hotbed_plans'

export function createPlanSwitch(): PlanSwitch {
  let isOn = false
  let isKnown = true
  let wasOn = false
  let isProven = false
  let isLeftOn = false
  let refusal: string | undefined
  return {
    isOn: () => isOn,
    wasOn: () => wasOn,
    refusal: () => refusal,
    set: (wanted, status, push) => {
      if (isLeftOn) return undefined
      if ((isKnown && wanted === isOn) || refusal !== undefined || status === 'E') return undefined
      if (!wanted && !wasOn) return undefined
      // A SET that is refused would fail the client's transaction: the first one is tried outside.
      if (status === 'T' && !isProven) return undefined
      isOn = wanted
      isKnown = true
      wasOn ||= wanted
      for (const kind of ['parse', 'bind', 'execute', 'close', 'close', 'sync'] as const) push(step(kind, { own: true }))
      return Buffer.concat([
        writeParse(NAME, `SET auto_explain.log_min_duration = ${wanted ? 0 : -1}`),
        writeBind({ portal: NAME, statement: NAME, values: [] }),
        writeExecute(NAME),
        writeClose('portal', NAME),
        writeClose('statement', NAME),
        writeSync(),
      ])
    },
    confirm: () => {
      if (refusal === undefined) isProven = true
    },
    refuse: (reason) => {
      refusal = reason
      isOn = false
    },
    leaveOn: () => {
      isOn = wasOn = isLeftOn = true
    },
    forget: () => {
      isKnown = !wasOn
    },
  }
}
