import { splitStatements } from '../../databases/migrations/split-statements.js'
import type { PlanText, StatementExchange, StatementResult } from '../exchange.js'
import { readParameter } from '../postgres/parameters.js'
import { createTextSharing } from '../share-texts.js'
import { isSessionSetUp, shapeOf } from '../sql-shape.js'
import { readNested, readOwnPlan, type PlanSource } from './plans.js'
import type { Statement } from './recording.js'
import type { TransactionStep } from './transactions.js'

export interface StatementReader {
  /** The statements of one exchange. */
  readonly read: (exchange: StatementExchange) => readonly Statement[]
}

interface KnownText {
  readonly text: string
  readonly shape: string
  readonly isSetUp: boolean
}

/** One statement of a message: its text and what came of it. */
interface Part {
  readonly sql: string
  readonly result: StatementResult | undefined
  readonly failed: boolean
}

const SYNTAX_ERROR = '42601'

/** Shapes and plans are kept by their text and by statement, so that a hundred thousand statements cost little more than their data. */
export function createStatementReader(source: PlanSource, transactionOf: (step: TransactionStep) => number | undefined): StatementReader {
  const shapes = new Map<string, KnownText>()
  const plans = new WeakMap<object, readonly PlanText[]>()
  const share = createTextSharing()
  const lookAt = (sql: string): KnownText => {
    const known = shapes.get(sql)
    if (known !== undefined) return known
    const shape = shapeOf(sql)
    const found = { text: sql, shape, isSetUp: isSessionSetUp(sql, shape) }
    shapes.set(sql, found)
    return found
  }
  const lazy = createLazyPlans(source, plans)
  const readPart = (exchange: StatementExchange, { sql, result, failed }: Part, index: number, count: number): Statement => {
    const { text, shape, isSetUp } = lookAt(sql)
    const { connection, statusBefore, error, endMs, startMs } = exchange
    const isLast = index === count - 1
    const statusAfter = isLast && exchange.protocol === 'simple' ? exchange.statusAfter : undefined
    const tag = failed || result === undefined ? undefined : share(result.tag)
    const own: Omit<Statement, 'plan' | 'nested'> = {
      store: 'postgres' as const,
      sql: text,
      shape,
      values: Object.freeze(exchange.parameters.map(readParameter)),
      transaction: transactionOf({ connection, shape, failed, statusBefore: index === 0 ? statusBefore : 'I', statusAfter }),
      tag,
      rows: rowsOf(tag, result),
      error: failed ? error : undefined,
      connection,
      protocol: share(exchange.protocol) as Statement['protocol'],
      statementName: share(exchange.statementName),
      copy: result?.copy,
      isPartial: exchange.isPartial,
      start: exchange.start,
      end: exchange.end,
      startMs,
      endMs,
      durationMs: endMs === undefined ? undefined : endMs - startMs,
      bytes: Object.freeze(index === 0 ? { request: exchange.requestBytes, reply: exchange.replyBytes } : { request: 0, reply: 0 }),
      planUnavailable: result?.plans.some(({ depth }) => depth === 0) === true ? undefined : exchange.planUnavailable,
      estimatedPlan: failed ? source.estimates.get(exchange) : undefined,
      isSetUp,
      steered: exchange.steered,
      server: exchange.server,
      replica: exchange.replica,
      log: exchange.log === undefined ? undefined : Object.freeze(exchange.log),
    }
    // Written so, all of them share one layout; frozen after Object.assign or setPrototypeOf, each is four times as large.
    const statement = Object.freeze({ __proto__: lazy, ...own } as unknown as Statement)
    if (result !== undefined && result.plans.length > 0) plans.set(statement, result.plans)
    return statement
  }
  return {
    read: (exchange) => {
      const parts = partsOf(exchange)
      return parts.map((part, index) => readPart(exchange, part, index, parts.length))
    },
  }
}

/** Those that ran of the statements of a message. The server stops at the first that fails. */
function partsOf(exchange: StatementExchange): readonly Part[] {
  const { sql, results, error, end, protocol } = exchange
  const texts = protocol === 'simple' && sql.includes(';') ? splitStatements(sql).map(({ text }) => text) : [sql]
  // Of a message that cannot be parsed nothing runs, and which statement it was the server does not say.
  const isWhole = texts.length <= 1 || (error?.code === SYNTAX_ERROR && results.length === 0)
  if (isWhole) return [{ sql: texts.length === 1 ? (texts[0] ?? sql) : sql, result: results[0], failed: error !== undefined }]
  // What the failed one had sent before it failed stands among the results, without a tag.
  const completed = error !== undefined && results.at(-1)?.tag === '' ? results.length - 1 : results.length
  const ran = Math.max(1, error === undefined && end !== undefined ? completed : completed + 1)
  return Array.from({ length: Math.min(ran, Math.max(texts.length, results.length)) }, (_, index) => ({
    // A text cut at its 64 kB has fewer statements than there are results.
    sql: texts[index] ?? '',
    result: results[index],
    failed: error !== undefined && index === ran - 1,
  }))
}

function rowsOf(tag: string | undefined, result: StatementResult | undefined): number {
  const written = tag === undefined ? undefined : /^[A-Z ]+ (?:\d+ )?(\d+)$/.exec(tag)?.[1]
  return written === undefined ? (result?.dataRows ?? 0) : Number(written)
}

/** What statements inherit: getters that read a plan when it is asked for, and remember it. */
function createLazyPlans(source: PlanSource, texts: WeakMap<object, readonly PlanText[]>): object {
  const plans = new WeakMap<Statement, Statement['plan']>()
  const nested = new WeakMap<Statement, Statement['nested']>()
  return Object.freeze({
    get plan(): Statement['plan'] {
      const self = this as unknown as Statement
      if (!plans.has(self)) plans.set(self, readOwnPlan(texts.get(self) ?? [], source, self.sql, self.values))
      return plans.get(self)
    },
    get nested(): Statement['nested'] {
      const self = this as unknown as Statement
      const known = nested.get(self) ?? readNested(texts.get(self) ?? [], source)
      nested.set(self, known)
      return known
    },
  })
}
