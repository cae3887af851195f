import { readCommittedWrites } from '../../wire/recording/committed-writes.js'
import type { Command, Recording, RecordedEvent } from '../../wire/recording/recording.js'
import { nameEvent } from './effect-text.js'

export interface PrecedingWrite {
  /** `, after UPDATE products SET …`, `, before the COMMIT of UPDATE …`, or nothing. */
  readonly text: string
  readonly events: readonly RecordedEvent[]
}

/** Finds the write to Postgres that a command followed: which statement made the application invalidate. */
export function createWriteFinder({ statements }: Recording): (command: Command) => PrecedingWrite {
  let writes: ReturnType<typeof readCommittedWrites> | undefined
  return (command) => {
    writes ??= readCommittedWrites(statements)
    // In the order in which they began: the last that had been answered before.
    const write = writes.findLast(({ wroteAt }) => wroteAt < command.start)
    if (write === undefined) return { text: '', events: [] }
    const { statement, commit, committedAt } = write
    if (commit === statement) return { text: `, after ${nameEvent(statement)}`, events: [statement] }
    const order = committedAt < command.start ? 'after the COMMIT of' : 'before the COMMIT of'
    return { text: `, ${order} ${nameEvent(statement)}`, events: [statement, commit] }
  }
}
