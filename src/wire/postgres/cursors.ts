import type { LiveStatement } from './live-statement.js'
import { queryText } from './plan-message.js'

/**
 * The DECLARE statements of a connection. The plan of a cursor comes when it is closed, within the reply to CLOSE or COMMIT, and has the text
 * of its DECLARE.
 */
export interface Cursors {
  readonly note: (statement: LiveStatement) => void
  /** Whose a plan is that came in the reply to `answered`. */
  readonly ownerOf: (json: string, answered: LiveStatement | undefined) => LiveStatement | undefined
  /** No cursor is open any more that was not declared WITH HOLD. */
  readonly forget: () => void
}

const DECLARE = /\bdeclare\b/i
const WITH_HOLD = /\bwith\s+hold\b/i

export function createCursors(): Cursors {
  const declared = new Map<string, LiveStatement>()
  return {
    note: (statement) => {
      if (DECLARE.test(statement.sql.slice(0, LOOKED_AT))) declared.set(statement.sql, statement)
    },
    ownerOf: (json, answered) => {
      if (declared.size === 0) return answered
      const text = queryText(json)
      return text === answered?.sql ? answered : (declared.get(text) ?? answered)
    },
    forget: () => {
      for (const [sql] of declared) if (!WITH_HOLD.test(sql)) declared.delete(sql)
    },
  }
}

/** Of a text, for the word that a cursor begins with. */
const LOOKED_AT = 4_096
