import type { Recording, Statement } from '../../wire/recording/recording.js'

/** One try of a transaction, or of a statement outside of any. */
export interface Attempt {
  readonly connection: number
  readonly isTransaction: boolean
  readonly statements: readonly Statement[]
  /** Without BEGIN, COMMIT and the like. */
  readonly work: readonly Statement[]
  /** The first statement that failed with one of the codes. */
  readonly failure: Statement | undefined
  readonly committed: boolean
}

/** A transaction that failed and its retries, in order. The last may have failed as well. */
export type RetryChain = readonly [first: Attempt, ...retries: Attempt[]]

const CONTROL = /^(?:begin|start transaction|commit|end|rollback|abort|savepoint|release|set|prepare transaction)\b/

/** What begins, ends or sets up a transaction. */
export function isControl({ shape }: Statement): boolean {
  return CONTROL.test(shape)
}

/** Whether two executions ask the same: equal text but for the values, and equal values. */
export function isSame(a: Statement, b: Statement): boolean {
  if (a.shape !== b.shape || a.values.length !== b.values.length) return false
  // Values stand beside the statement or, in the simple protocol, in it.
  return a.values.length === 0 ? a.sql === b.sql : a.values.every((value, index) => value === b.values[index])
}

/** The statements of a recording as attempts, in the order in which they began. */
export function readAttempts({ statements }: Recording, codes: ReadonlySet<string>): readonly Attempt[] {
  const groups: Statement[][] = []
  const open = new Map<number, Statement[]>()
  for (const statement of statements) {
    const { transaction } = statement
    const known = transaction === undefined ? undefined : open.get(transaction)
    if (known !== undefined) {
      known.push(statement)
      continue
    }
    const group = [statement]
    groups.push(group)
    if (transaction !== undefined) open.set(transaction, group)
  }
  return groups.map((group) => readAttempt(group, codes))
}

/**
 * What failed, each with what tried it again: the first attempt after the failure that begins with the same statement and the same values. One
 * attempt is the retry of one failure only, so that of several that failed alike each needs its own.
 */
export function findChains(attempts: readonly Attempt[]): readonly RetryChain[] {
  const chains: [Attempt, ...Attempt[]][] = []
  const chainOf = new Map<Attempt, [Attempt, ...Attempt[]]>()
  /** Failures that nobody has tried again yet, by the statement that they begin with. */
  const waiting = new Map<string, Attempt[]>()
  for (const attempt of attempts) {
    const { shape = '' } = attempt.work[0] ?? {}
    const failures = waiting.get(shape) ?? []
    const failed = failures.find((one) => isRetry(attempt, one))
    const chain = failed === undefined ? undefined : chainOf.get(failed)
    if (failed !== undefined) failures.splice(failures.indexOf(failed), 1)
    if (chain !== undefined) {
      chain.push(attempt)
      chainOf.set(attempt, chain)
    }
    if (attempt.failure === undefined) continue
    if (chain === undefined) {
      const first: [Attempt] = [attempt]
      chains.push(first)
      chainOf.set(attempt, first)
    }
    waiting.set(shape, [...failures, attempt])
  }
  return chains
}

function isRetry(attempt: Attempt, failed: Attempt): boolean {
  const [head] = attempt.work
  const [wanted] = failed.work
  if (head === undefined || wanted === undefined || failed.failure?.end === undefined) return false
  // BEGIN counts: what had begun before the failure is no answer to it.
  return failed.failure.end < (attempt.statements[0] ?? head).start && isSame(head, wanted)
}

function readAttempt(statements: readonly Statement[], codes: ReadonlySet<string>): Attempt {
  const [first] = statements
  const last = statements.at(-1)
  const isTransaction = first?.transaction !== undefined
  return {
    connection: first?.connection ?? 0,
    isTransaction,
    statements,
    work: statements.filter((statement) => !isControl(statement)),
    failure: statements.find(({ error }) => error !== undefined && codes.has(error.code)),
    committed: last?.error === undefined && (isTransaction ? last?.tag === 'COMMIT' : last?.tag !== undefined),
  }
}
