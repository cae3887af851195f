import { hasCommitted, mayCommit } from '../commits.js'
import type { LiveExchange } from '../conversation.js'
import type { LiveStatement } from '../postgres/live-statement.js'
import type { CommandTable } from '../redis/command-table.js'
import { goesOn, type Fate } from './fate.js'
import type { Link } from './link.js'

export interface LogMarksHost {
  /** Somebody records, and there are replicas. */
  readonly isOn: () => boolean
  /** Where a server's log is: of a replica up to where it has replayed; undefined where it does not say. */
  readonly readLog: (replica: number | undefined) => Promise<string | undefined>
  readonly commands: CommandTable
}

/**
 * Looks at the log around what a replica answers, and around what may commit: how far behind a replica was when it was asked is not seen on the wire.
 */
export interface LogMarks {
  /** Called with what has been decided about a request: one that goes on waits until its server has been asked. */
  readonly before: (exchange: LiveExchange, link: Link, fate: Fate | Promise<Fate> | undefined) => Fate | Promise<Fate> | undefined
  /** Its reply is complete. A promise keeps the reply from the client. */
  readonly after: (exchange: LiveExchange, link: Link) => Promise<void> | undefined
}

const PASS: Fate = { kind: 'pass' }

export function createLogMarks({ isOn, readLog, commands }: LogMarksHost): LogMarks {
  const open = new Set<LiveStatement>()
  const mark = async (exchange: LiveStatement, replica: number | undefined, fate: Fate): Promise<Fate> => {
    if (!goesOn(fate)) return fate
    open.add(exchange)
    exchange.log = { before: await readLog(replica), after: undefined }
    return fate
  }
  const look = async (exchange: LiveStatement, replica: number | undefined): Promise<void> => {
    exchange.log = { before: exchange.log?.before, after: await readLog(replica) }
  }
  return {
    before: (exchange, { replica }, fate) => {
      if (!isOn() || exchange.store !== 'postgres' || exchange.protocol === 'prepare') return fate
      if (exchange.server === 'primary' && !mayCommit(exchange, commands)) return fate
      return fate instanceof Promise ? fate.then((decided) => mark(exchange, replica, decided)) : mark(exchange, replica, fate ?? PASS)
    },
    after: (exchange, { replica }) => {
      if (exchange.store !== 'postgres' || !open.delete(exchange)) return undefined
      return exchange.server === 'primary' && !hasCommitted(exchange) ? undefined : look(exchange, replica)
    },
  }
}
