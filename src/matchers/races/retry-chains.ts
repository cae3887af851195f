import type { Recording, Statement } from '../../wire/recording/recording.js'

/** One try of a transaction, or of a statement outside of any. */
export interface Attempt {
  readonly connection: number
  readonly isTransaction: boolean
  readonly statements: readonly Statement[]
  /** The first statement that is not BEGIN or the like. */
  readonly head: Statement | undefined
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

/** What two executions have in common that ask the same: the text but for the values, and the values. */
export function keyOf({ shape, sql, values }: Statement): string {
  // Values stand beside the statement or, in the simple protocol, in it.
  return `${shape} ${values.length === 0 ? sql : JSON.stringify(values)}`
}

/** The statements of a recording as attempts, in the order in which they began. */
export function readAttempts({ statements }: Recording, codes: ReadonlySet<string>): readonly Attempt[] {
  const groups: Statement[][] = []
  const open = new Map<number, Statement[]>()
  // By index: of a frozen list, for…of makes an object for each element.
  for (let index = 0; index < statements.length; index += 1) {
    const statement = statements[index]
    if (statement === undefined) continue
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
  const isAction = createActionTest()
  return groups.map((group) => readAttempt(group, codes, isAction))
}

/**
 * What failed, each with what tried it again: the first attempt after the failure that begins with the same statement and the same values. One
 * attempt is the retry of one failure only, so that of several that failed alike each needs its own.
 */
export function findChains(attempts: readonly Attempt[]): readonly RetryChain[] {
  const chains: [Attempt, ...Attempt[]][] = []
  const chainOf = new Map<Attempt, [Attempt, ...Attempt[]]>()
  /** Failures that nobody has tried again yet, by what they begin with. */
  const waiting = new Map<string, Attempt[]>()
  const failing = new Set(attempts.filter(({ failure }) => failure !== undefined).map(({ head }) => head?.shape))
  for (const attempt of attempts) {
    const { head } = attempt
    if (attempt.failure === undefined && !failing.has(head?.shape)) continue
    const key = head === undefined ? '' : keyOf(head)
    const failures = waiting.get(key)
    // Most begin as nothing that failed.
    if (failures === undefined && attempt.failure === undefined) continue
    const at = head === undefined || failures === undefined ? -1 : failures.findIndex(({ failure }) => isAfter(attempt, failure))
    const failed = at === -1 ? undefined : failures?.splice(at, 1)[0]
    const chain = failed === undefined ? undefined : chainOf.get(failed)
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
    waiting.set(key, [...(failures ?? []), attempt])
  }
  return chains
}

/** BEGIN counts: what had begun before the failure is no answer to it. */
function isAfter({ statements }: Attempt, failure: Statement | undefined): boolean {
  return failure?.end !== undefined && failure.end < (statements[0]?.start ?? 0)
}

/** What is not control. Shapes come again and again. */
function createActionTest(): (statement: Statement) => boolean {
  const known = new Map<string, boolean>()
  return (statement) => {
    const before = known.get(statement.shape)
    if (before !== undefined) return before
    const found = !isControl(statement)
    known.set(statement.shape, found)
    return found
  }
}

function readAttempt(statements: readonly Statement[], codes: ReadonlySet<string>, isAction: (statement: Statement) => boolean): Attempt {
  const [first] = statements
  const last = statements.at(-1)
  const isTransaction = first?.transaction !== undefined
  let head: Statement | undefined
  let failure: Statement | undefined
  for (const statement of statements) {
    if (head === undefined && isAction(statement)) head = statement
    if (failure === undefined && statement.error !== undefined && codes.has(statement.error.code)) failure = statement
  }
  return {
    connection: first?.connection ?? 0,
    isTransaction,
    statements,
    head,
    failure,
    committed: last?.error === undefined && (isTransaction ? last?.tag === 'COMMIT' : last?.tag !== undefined),
  }
}
