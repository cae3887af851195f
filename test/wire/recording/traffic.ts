import type {
  CommandExchange,
  ConnectionTraffic,
  Exchange,
  StatementExchange,
  StatementResult,
  Traffic,
} from '../../../src/wire/exchange.js'
import { parsePlan } from '../../../src/plan/parse.js'
import { createRecording } from '../../../src/wire/recording/create-recording.js'
import type { PlanReader } from '../../../src/wire/recording/plans.js'
import type { Recording } from '../../../src/wire/recording/recording.js'

export function result(tag: string, more: Partial<StatementResult> = {}): StatementResult {
  return { tag, dataRows: Number(/^SELECT (\d+)/.exec(tag)?.[1] ?? 0), copy: undefined, plans: [], ...more }
}

/** A statement as the tap writes it down; position and time are given by `trafficOf`. */
export function sql(text: string, more: Partial<StatementExchange> = {}): StatementExchange {
  return {
    store: 'postgres',
    connection: 1,
    start: -1,
    end: 0,
    startMs: 0,
    endMs: 0,
    requestBytes: text.length + 5,
    replyBytes: 20,
    steered: undefined,
    protocol: 'simple',
    sql: text,
    statementName: '',
    parameters: [],
    isPartial: false,
    results: [result('SELECT 1')],
    error: undefined,
    statusBefore: 'I',
    statusAfter: undefined,
    planUnavailable: undefined,
    server: 'primary',
    replica: undefined,
    log: undefined,
    ...more,
  }
}

export function prepared(text: string, values: readonly (string | null)[], more: Partial<StatementExchange> = {}): StatementExchange {
  return sql(text, { protocol: 'extended', parameters: values.map((value) => ({ type: 25, format: 'text', value })), ...more })
}

export function redis(command: string, reply: CommandExchange['reply'], more: Partial<CommandExchange> = {}): CommandExchange {
  const args = command.split(' ')
  return {
    store: 'redis',
    connection: 2,
    start: -1,
    end: 0,
    startMs: 0,
    endMs: 0,
    requestBytes: command.length,
    replyBytes: typeof reply === 'string' ? reply.length : 100_000,
    steered: undefined,
    database: 0,
    args,
    keyPositions: args.length > 1 ? [1] : [],
    reply,
    inTransaction: false,
    isScript: false,
    isBlocking: false,
    resp: 2,
    ...more,
  }
}

export function connection(id: number, more: Partial<ConnectionTraffic> = {}): ConnectionTraffic {
  return {
    id,
    store: 'postgres',
    name: '',
    user: 'app',
    database: 'shop',
    instance: undefined,
    processId: undefined,
    openedAt: undefined,
    closedAt: undefined,
    status: 'I',
    endedBecause: undefined,
    orphans: 0,
    ...more,
  }
}

/** One after the other, a millisecond each. */
export function trafficOf(exchanges: readonly Exchange[], more: Partial<Traffic> = {}): Traffic {
  return {
    connections: [connection(1), connection(2, { store: 'redis', user: '', database: '0' })],
    exchanges: exchanges.map((exchange, index): Exchange => {
      if (exchange.start >= 0) return exchange
      const times = { start: index * 2, startMs: index, ...(exchange.end === undefined ? {} : { end: index * 2 + 1, endMs: index + 0.5 }) }
      return { ...exchange, ...times }
    }),
    planShapes: [],
    durationMs: exchanges.length,
    isOverlapping: false,
    connectionsSeen: 2,
    openedAtMs: Date.UTC(2030, 0, 1),
    jumps: [],
    replication: { replicas: 0, holds: [] },
    ...more,
  }
}

export const readPlan: PlanReader = (json, facts) => parsePlan(json, { ...facts, postgresVersion: '18.4' })

export function record(exchanges: readonly Exchange[], more: Partial<Traffic> = {}): Recording<string> {
  return createRecording(trafficOf(exchanges, more), 'done', { readPlan })
}
