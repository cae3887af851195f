import type { Plan } from '../../plan/plan.js'
import type { StatementExchange, Traffic } from '../exchange.js'
import { matcherOf, type Match } from '../match.js'
import { createCallReader } from './calls.js'
import { createCommandReader } from './commands.js'
import { readConnections } from './connections.js'
import { fingerprintOf } from './fingerprint.js'
import type { PlanReader } from './plans.js'
import { printRecording } from './print-recording.js'
import type { Recording, RecordedEvent, RecordedPool } from './recording.js'
import { createStatementReader } from './statements.js'
import { createTransactions } from './transactions.js'

/** What is known beside the traffic. */
export interface RecordingContext {
  readonly readPlan: PlanReader
  /** Plans without execution of statements that failed. @default none */
  readonly estimates?: ReadonlyMap<StatementExchange, Plan>
  /** @default none */
  readonly pools?: readonly RecordedPool[]
}

/** Makes the evidence of what the tap has written down. `result` is what the recorded function gave back. */
export function createRecording<Result>(traffic: Traffic, result: Result, context: RecordingContext): Recording<Result> {
  const { readPlan, estimates = new Map(), pools = [] } = context
  const statements = createStatementReader({ shapes: traffic.planShapes, readPlan, estimates }, createTransactions())
  const readCommand = createCommandReader()
  const readCall = createCallReader()
  const events = traffic.exchanges.flatMap((exchange): readonly RecordedEvent[] => {
    if (exchange.store === 'postgres') return statements.read(exchange)
    return [exchange.store === 'redis' ? readCommand(exchange) : readCall(exchange)]
  })
  return build(events, {
    result,
    connections: readConnections(traffic.connections, traffic.connectionsSeen),
    pools,
    overlapping: traffic.isOverlapping,
    durationMs: traffic.durationMs,
    replication: Object.freeze({
      replicas: traffic.replication.replicas,
      holds: Object.freeze(traffic.replication.holds.map((hold) => Object.freeze({ ...hold }))),
    }),
    clock: Object.freeze({ startedAtMs: traffic.openedAtMs, jumps: Object.freeze(traffic.jumps.map((jump) => Object.freeze(jump))) }),
  })
}

type Facts<Result> = Pick<Recording<Result>, 'result' | 'connections' | 'pools' | 'overlapping' | 'durationMs' | 'clock' | 'replication'>

/** `events` are in the order of their requests, set-up among them. */
function build<Result>(events: readonly RecordedEvent[], facts: Facts<Result>): Recording<Result> {
  const timeline = events.filter(({ isSetUp }) => !isSetUp)
  const data = {
    kind: 'recording' as const,
    ...facts,
    statements: Object.freeze(timeline.filter((event) => event.store === 'postgres')),
    commands: Object.freeze(timeline.filter((event) => event.store === 'redis')),
    calls: Object.freeze(timeline.filter((event) => event.store === 'upstream')),
    timeline: Object.freeze(timeline),
    setUp: Object.freeze(events.filter(({ isSetUp }) => isSetUp)),
  }
  const verbs = {
    filter: (match: Match): Recording<Result> => build(events.filter(matcherOf(match)), facts),
    minus: (other: Recording): Recording<Result> => build(subtract(events, [...other.timeline, ...other.setUp]), facts),
    toString: ({ setUp = false }: { readonly setUp?: boolean } = {}): string => printRecording(data, setUp),
    toJSON: (): Readonly<Record<string, unknown>> => ({
      ...data,
      statements: undefined,
      commands: undefined,
      calls: undefined,
      timeline: data.timeline.map(plain),
      setUp: data.setUp.map(plain),
    }),
  }
  // Not enumerable, so that the recording stays plain data to `toEqual` and snapshots.
  for (const [name, value] of Object.entries(verbs)) Object.defineProperty(data, name, { value })
  return Object.freeze(data) as typeof data & typeof verbs
}

function subtract(events: readonly RecordedEvent[], others: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const counts = new Map<string, number>()
  const keyOf = (event: RecordedEvent): string => `${event.store} ${fingerprintOf(event)}`
  for (const other of others) counts.set(keyOf(other), (counts.get(keyOf(other)) ?? 0) + 1)
  return events.filter((event) => {
    const left = counts.get(keyOf(event)) ?? 0
    if (left > 0) counts.set(keyOf(event), left - 1)
    return left === 0
  })
}

/** With what is read when it is asked for. */
function plain(event: RecordedEvent): Readonly<Record<string, unknown>> {
  if (event.store === 'redis') return { ...event, reply: event.reply }
  if (event.store === 'upstream') return { ...event }
  return { ...event, plan: event.plan?.toString(), nested: event.nested.map(plainNested) }
}

function plainNested({ sql, times, plan, nested }: RecordedNested): Readonly<Record<string, unknown>> {
  return { sql, times, plan: plan.toString(), nested: nested.map(plainNested) }
}

type RecordedNested = Extract<RecordedEvent, { store: 'postgres' }>['nested'][number]
