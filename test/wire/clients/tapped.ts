import type { ConnectionTraffic, StatementExchange, Traffic } from '../../../src/wire/exchange.js'
import type { PostgresDefinition } from '../../../src/databases/stack.js'
import type { Isolation } from '../../../src/databases/suite-parts.js'
import { createTappedRun } from '../../../src/tapped-run.js'
import { unfoldNumbers } from '../../../src/wire/postgres/plan-message.js'

/** What the tap wrote down of one statement, its plans read. */
export interface Heard {
  readonly exchange: StatementExchange
  readonly sql: string
  readonly tags: readonly string[]
  readonly code: string | undefined
  /** The statement's text as each plan has it, of plans that are the statement's own. */
  readonly plans: readonly string[]
  readonly nested: readonly { readonly text: string; readonly depth: number; readonly times: number }[]
  readonly planUnavailable: string | undefined
}

export interface TappedDatabase {
  readonly url: string
  readonly directUrl: string
  readonly adminUrl: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly query: (sql: string) => Promise<readonly object[]>
  /** What was said while `act` ran. */
  readonly record: (act: () => Promise<unknown>, options?: { readonly deadlineMs?: number }) => Promise<Heard[]>
  readonly recordTraffic: (
    act: () => Promise<unknown>,
    options?: { readonly plans?: boolean; readonly deadlineMs?: number },
  ) => Promise<Traffic>
  readonly connections: () => Promise<readonly ConnectionTraffic[]>
  readonly dispose: () => Promise<void>
}

export interface TappedServer {
  readonly open: () => Promise<TappedDatabase>
  readonly close: () => Promise<void>
}

/** A run whose suites are looked at from behind: as the tap's thread hands its traffic over. */
export function startTapped(postgres: PostgresDefinition = {}, isolation: Isolation = 'clone'): TappedServer {
  const run = createTappedRun({ spares: 0 })
  return {
    open: async () => {
      const { facts, verbs } = await run.openSuite({ postgres }, isolation)
      if (facts.postgres === undefined) throw new Error('the suite has no postgres')
      const recordTraffic: TappedDatabase['recordTraffic'] = async (act, { plans = true, deadlineMs = 3_000 } = {}) => {
        const id = await verbs.tap('openWindow', [{ plans }])
        try {
          await act()
        } finally {
          // A window that stays open would mark those that follow as overlapping.
          traffic = (await verbs.tap('closeWindow', [id, { settleMs: 5, deadlineMs }])) as Traffic
        }
        return traffic
      }
      let traffic: Traffic
      return {
        ...facts.postgres,
        query: async (sql) => (await verbs.query(sql, undefined)).rows,
        record: async (act, options) => hear(await recordTraffic(act, options)),
        recordTraffic,
        connections: async () => (await verbs.tap('connections', [])) as readonly ConnectionTraffic[],
        dispose: verbs.dispose,
      }
    },
    close: run.close,
  }
}

export function hear({ exchanges, planShapes }: Traffic): Heard[] {
  return exchanges.flatMap((exchange): Heard[] => {
    if (exchange.store !== 'postgres') return []
    const plans = exchange.results.flatMap((result) =>
      result.plans.map(({ shape, numbers, texts, depth, times }) => {
        const plan = JSON.parse(unfoldNumbers(planShapes[shape] ?? '', numbers, texts)) as { readonly 'Query Text': string }
        return { text: plan['Query Text'], depth, times }
      }),
    )
    return [
      {
        exchange,
        sql: exchange.sql,
        tags: exchange.results.map(({ tag }) => tag),
        code: exchange.error?.code,
        plans: plans.filter(({ depth }) => depth === 0).map(({ text }) => text),
        nested: plans.filter(({ depth }) => depth > 0),
        planUnavailable: exchange.planUnavailable,
      },
    ]
  })
}

/** A statement in short, as tests compare it: its text, what came of it, and `+` when it has one plan and that is its own. */
export function brief({ sql, tags, code, plans, planUnavailable }: Heard): string {
  const plan = plans.length === 0 ? '' : plans.every((text) => text === sql) ? ` +${plans.length}` : ` WRONG PLAN ${plans.join(' | ')}`
  return `${sql} → ${[...tags, ...(code === undefined ? [] : [code])].join(', ')}${plan}${planUnavailable === undefined ? '' : ` (${planUnavailable})`}`
}
