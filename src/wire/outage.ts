import { findCommand, isScript, type CommandTable } from './redis/command-table.js'
import type { Answer } from './rule.js'
import { SERVER_MESSAGES } from './server-messages.js'

/** How a store is out. `loading`, `readonly` and `oom` are answers of Redis; the others are of both stores. */
export type OutageMode = 'refuse' | 'hang' | 'reset' | 'loading' | 'readonly' | 'oom' | 'too-many-clients'

export const OUTAGE_MODES: Readonly<Record<'postgres' | 'redis', readonly OutageMode[]>> = {
  postgres: ['refuse', 'hang', 'reset', 'too-many-clients'],
  redis: ['refuse', 'hang', 'reset', 'loading', 'readonly', 'oom', 'too-many-clients'],
}

/** Those that are about connections: no request is needed to meet them, and none that is under way does. */
export const CONNECTION_MODES: ReadonlySet<OutageMode> = new Set(['refuse', 'too-many-clients'])

const CODES: Readonly<Partial<Record<OutageMode, string>>> = { loading: 'LOADING', readonly: 'READONLY', oom: 'OOM' }

/** What the server says in this mode, in the place of an answer. Undefined: nothing. */
export function outageAnswer(mode: OutageMode): Answer | undefined {
  const code = CODES[mode]
  return code === undefined ? undefined : { error: { code, message: SERVER_MESSAGES[code] ?? '' } }
}

/**
 * Whether a server in this state would not carry out the command, by the flags of its own COMMAND, as `processCommand` (server.c) does. A script
 * is sent before it is known what it does: under `readonly` all count as writes that do not promise otherwise (`EVAL_RO`), because most do write;
 * under `oom` none is refused, because those that only delete are not.
 */
export function refusesCommand(mode: OutageMode, table: CommandTable, args: readonly string[]): boolean {
  const flags = findCommand(table, args)?.flags ?? []
  if (mode === 'loading') return !flags.includes('loading')
  if (mode === 'oom') return flags.includes('denyoom')
  if (mode !== 'readonly') return true
  return flags.includes('write') || (isScript(args) && !flags.includes('readonly'))
}
