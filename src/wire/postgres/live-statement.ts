import type { StatementExchange, StatementResult, TransactionStatus } from '../exchange.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A plan as it is kept while a window is open: the text of its shape is shared, not yet numbered. Until it is folded that is its JSON. */
export interface LivePlan {
  shape: string
  numbers: string
  texts: string
  totals: string | undefined
  readonly depth: number
  times: number
}

export interface LiveResult extends Omit<Mutable<StatementResult>, 'plans'> {
  plans: LivePlan[]
}

/** A statement on its way: what will be its exchange, filled in as the reply comes. Times are absolute until it is handed over. */
export interface LiveStatement extends Omit<Mutable<StatementExchange>, 'results' | 'store'> {
  readonly store: 'postgres'
  results: LiveResult[]
}

export interface StatementStart {
  readonly protocol: StatementExchange['protocol']
  readonly sql: string
  readonly statementName?: string
  readonly parameters?: StatementExchange['parameters']
  readonly isPartial?: boolean
  readonly requestBytes: number
  readonly statusBefore: TransactionStatus
}

/** A statement that is about to be sent. Connection, position and time are the link's to fill in. */
export function startStatement(start: StatementStart): LiveStatement {
  return {
    store: 'postgres',
    connection: 0,
    start: 0,
    end: undefined,
    startMs: 0,
    endMs: undefined,
    requestBytes: start.requestBytes,
    replyBytes: 0,
    steered: undefined,
    protocol: start.protocol,
    sql: start.sql,
    statementName: start.statementName ?? '',
    parameters: start.parameters ?? [],
    isPartial: start.isPartial ?? false,
    results: [],
    error: undefined,
    statusBefore: start.statusBefore,
    statusAfter: undefined,
    planUnavailable: undefined,
    server: 'primary',
    replica: undefined,
    log: undefined,
  }
}

export function startResult(): LiveResult {
  return { tag: '', dataRows: 0, copy: undefined, plans: [] }
}
