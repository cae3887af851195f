import type { TransactionStatus } from '../exchange.js'

/** What decides on transactions, of one statement. */
export interface TransactionStep {
  readonly connection: number
  readonly shape: string
  readonly failed: boolean
  readonly statusBefore: TransactionStatus
  /** Known for the last statement of a message that is answered by itself. */
  readonly statusAfter: TransactionStatus | undefined
}

/**
 * Numbers the transactions of all connections, in the order in which they begin. Words decide rather than the server's status, since a
 * pipeline learns the status at its end only.
 */
export function createTransactions(): (step: TransactionStep) => number | undefined {
  const open = new Map<number, number>()
  let last = 0
  return ({ connection, shape, failed, statusBefore, statusAfter }) => {
    const begins = /^(?:begin|start transaction)(?: |$)/.test(shape) && !failed
    if (!open.has(connection) && (begins || statusBefore !== 'I')) open.set(connection, (last += 1))
    const transaction = open.get(connection)
    if (/^(?:(?:commit|end|abort)(?: |$)|rollback(?: (?:work|transaction|and|prepared).*)?$|prepare transaction )/.test(shape)) {
      if (!/^rollback .*\bto\b/.test(shape) && !/^(?:commit|rollback) prepared/.test(shape)) {
        open.delete(connection)
        if (transaction !== undefined && !failed && shape.endsWith(' and chain')) open.set(connection, (last += 1))
      }
    } else if (statusAfter === 'I') open.delete(connection)
    return transaction
  }
}
