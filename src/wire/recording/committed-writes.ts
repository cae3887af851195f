import type { Statement } from './recording.js'

/** A write that others can see: an autocommitted one, or all those of one transaction together. */
export interface CommittedWrite {
  /** The first that wrote. */
  readonly statement: Statement
  /** Whose reply said that it is durable: COMMIT, or the statement itself. */
  readonly commit: Statement
  /** Positions of the first write's request and reply, and of the reply to the COMMIT. */
  readonly wroteFrom: number
  readonly wroteAt: number
  readonly committedAt: number
}

const TAG = /^(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b/
/** Of a statement whose tag tells what its last part did. */
const WITHIN = /\b(?:insert into|delete from|merge into)\b|\bupdate (?!of |nowait|skip )\S+ (?:as )?(?:\S+ )?set\b/

/**
 * Those of a recording that were committed, in the order in which they began to write. `isMeant` names statements that count as writes
 * whatever they look like, and takes the place of the usual look at them.
 */
export function readCommittedWrites(
  statements: readonly Statement[],
  isMeant: (statement: Statement) => boolean = createWriteTest(),
): readonly CommittedWrite[] {
  const open = new Map<number, Statement>()
  const found: CommittedWrite[] = []
  for (const statement of statements) {
    const { transaction, tag, error, end } = statement
    if (error !== undefined || end === undefined) continue
    const written = isMeant(statement)
    if (transaction === undefined) {
      if (written) found.push(writeOf(statement, statement))
      continue
    }
    if (written && !open.has(transaction)) open.set(transaction, statement)
    const first = tag === 'COMMIT' ? open.get(transaction) : undefined
    if (first !== undefined) found.push(writeOf(first, statement))
    if (tag === 'COMMIT') open.delete(transaction)
  }
  return found.toSorted((a, b) => a.wroteFrom - b.wroteFrom)
}

function writeOf(statement: Statement, commit: Statement): CommittedWrite {
  return {
    statement,
    commit,
    wroteFrom: statement.start,
    wroteAt: statement.end ?? Infinity,
    committedAt: commit.end ?? Infinity,
  }
}

/** Shapes come again and again. */
function createWriteTest(): (statement: Statement) => boolean {
  const known = new Map<string, boolean>()
  const writesWithin = (shape: string): boolean => {
    const before = known.get(shape)
    if (before !== undefined) return before
    const found = WITHIN.test(shape)
    known.set(shape, found)
    return found
  }
  return ({ tag = '', shape, copy }) => {
    if (tag.startsWith('SELECT')) return writesWithin(shape)
    return tag.startsWith('COPY') ? copy === 'in' : TAG.test(tag)
  }
}
