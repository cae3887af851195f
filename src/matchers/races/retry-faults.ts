import type { Statement } from '../../wire/recording/recording.js'
import { statementLine } from '../recording/statement-line.js'
import { isControl, keyOf, type Attempt, type RetryChain } from './retry-chains.js'

const IN_FAILED_TRANSACTION = '25P02'

/** Why what failed was not tried again, in words. */
export function whyNotRetried(failed: Attempt, attempts: readonly Attempt[]): string {
  const { failure } = failed
  if (failure === undefined) return failed.committed ? 'it committed' : 'it was rolled back without having failed so'
  const after = failed.statements.slice(failed.statements.indexOf(failure) + 1)
  return inFailedTransaction(failure, after) ?? elsewhere(failed, failure, attempts) ?? 'nobody tried again'
}

/**
 * Finds what should have happened once and happened again: it had been committed by itself before a later statement failed, and came once more
 * before that was tried again.
 */
export function createEffectWatch(attempts: readonly Attempt[]): (chain: RetryChain) => Statement | undefined {
  const writeOf = ({ isTransaction, committed, head }: Attempt): readonly Statement[] =>
    !isTransaction && committed && head !== undefined && isWrite(head) ? [head] : []
  let known: ReturnType<typeof readWrites> | undefined
  const readWrites = (): { readonly places: ReadonlyMap<Attempt, number>; readonly firsts: ReadonlyMap<string, number> } => {
    const firsts = new Map<string, number>()
    for (const write of attempts.flatMap(writeOf)) {
      const key = keyOf(write)
      if (!firsts.has(key)) firsts.set(key, write.start)
    }
    return { places: new Map(attempts.map((attempt, index) => [attempt, index])), firsts }
  }
  return ([first, second]) => {
    const { failure } = first
    if (first.isTransaction || failure === undefined || second === undefined) return undefined
    const { places, firsts } = (known ??= readWrites())
    const between = attempts.slice((places.get(first) ?? 0) + 1, places.get(second))
    return between.flatMap(writeOf).find((write) => (firsts.get(keyOf(write)) ?? Infinity) < failure.start)
  }
}

function inFailedTransaction(failure: Statement, after: readonly Statement[]): string | undefined {
  const refused = after.find(({ error }) => error?.code === IN_FAILED_TRANSACTION)
  if (refused !== undefined) {
    if (/^(?:begin|start transaction)\b/.test(refused.shape)) return 'the retry began without ROLLBACK: its BEGIN was refused with 25P02'
    if (refused.shape === failure.shape) return 'only the statement was tried again, inside the failed transaction: refused with 25P02'
    return `it went on inside the failed transaction, with ${statementLine(refused)}: refused with 25P02`
  }
  if (!after.some(({ shape }) => /^rollback .*\bto\b/.test(shape))) return undefined
  return after.some(({ shape }) => shape === failure.shape)
    ? 'only what came after the savepoint was tried again, on what the transaction had read before'
    : undefined
}

function elsewhere(failed: Attempt, failure: Statement, attempts: readonly Attempt[]): string | undefined {
  const { end = Infinity } = failure
  const later = attempts.filter(({ statements }) => (statements[0]?.start ?? 0) > end)
  const next = later.find(({ connection }) => connection === failed.connection)?.statements ?? []
  if (isControl(failure) && next[0]?.shape === failure.shape) return `only ${failure.sql} was sent again, of a transaction that had ended`
  const alone = isControl(failure)
    ? undefined
    : later.find(({ statements }) => statements.some((one) => one.shape === failure.shape && keyOf(one) === keyOf(failure)))
  if (alone !== undefined && failed.isTransaction) {
    return `only the statement was tried again, without those before it: ${statementLine(failure)} on #${alone.connection}`
  }
  const { head } = failed
  const similar = later.find((attempt) => head !== undefined && attempt.head?.shape === head.shape)
  if (similar?.head === undefined) return undefined
  return `nobody tried again: what begins alike on #${similar.connection} has other values, ${statementLine(similar.head)}`
}

function isWrite({ shape }: Statement): boolean {
  return /^(?:insert|update|delete|merge)\b|^with\b.*\b(?:insert into|update|delete from|merge into)\b/.test(shape)
}
