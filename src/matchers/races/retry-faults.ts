import type { Statement } from '../../wire/recording/recording.js'
import { statementLine } from '../recording/statement-line.js'
import { isControl, isSame, type Attempt, type RetryChain } from './retry-chains.js'

const IN_FAILED_TRANSACTION = '25P02'

/** Why what failed was not tried again, in words. */
export function whyNotRetried(failed: Attempt, attempts: readonly Attempt[]): string {
  const { failure } = failed
  if (failure === undefined) return failed.committed ? 'it committed' : 'it was rolled back without having failed so'
  const after = failed.statements.slice(failed.statements.indexOf(failure) + 1)
  return inFailedTransaction(failure, after) ?? elsewhere(failed, failure, attempts) ?? 'nobody tried again'
}

/** What should have happened once and happened again: it had been committed by itself before a later statement failed. */
export function repeatedEffects([first, second]: RetryChain, attempts: readonly Attempt[]): readonly Statement[] {
  const [head] = second?.work ?? []
  if (first.isTransaction || first.failure === undefined || head === undefined) return []
  const { start, end = start } = first.failure
  const writes = attempts.filter(({ isTransaction, committed, work }) => !isTransaction && committed && work.some(isWrite))
  const before = writes.flatMap(({ work }) => work.filter((one) => (one.end ?? Infinity) < start))
  const again = writes.flatMap(({ work }) => work.filter((one) => one.start > end && one.start < head.start))
  return again.filter((one) => before.some((earlier) => isSame(earlier, one)))
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
  const alone = isControl(failure) ? undefined : later.find(({ statements }) => statements.some((one) => isSame(one, failure)))
  if (alone !== undefined && failed.isTransaction) {
    return `only the statement was tried again, without those before it: ${statementLine(failure)} on #${alone.connection}`
  }
  const [head] = failed.work
  const similar = later.find(({ work }) => head !== undefined && work[0]?.shape === head.shape)
  if (similar?.work[0] === undefined) return undefined
  return `nobody tried again: what begins alike on #${similar.connection} has other values, ${statementLine(similar.work[0])}`
}

function isWrite({ shape }: Statement): boolean {
  return /^(?:insert|update|delete|merge)\b|^with\b.*\b(?:insert into|update|delete from|merge into)\b/.test(shape)
}
