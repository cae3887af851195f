import { HotbedError, isHotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import type { PostgresServer } from '../servers/server.js'
import type { SqlClient } from './sql-client.js'

/** How long the report of an exit may lag behind the broken connection. */
const EXIT_REPORT_MS = 500

/** `client`, whose failures say that the server has ended, when it has. Errors of statements stay as the driver has them. */
export function explainingExit(client: SqlClient, server: PostgresServer): SqlClient {
  return { ...client, query: (text, values) => explainExit(server, text, () => client.query(text, values)) }
}

/**
 * Runs `work`.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_EXITED` with the last lines of the log, when it failed because the server has ended
 */
export async function explainExit<T>(server: PostgresServer, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isHotbedError(error) || isAnswer(error)) throw error
    const status = await exitStatus(server)
    if (status === undefined) throw error
    throw new HotbedError('ERR_HOTBED_POSTGRES_EXITED', {
      message: `Postgres${server.pid === undefined ? '' : ` (pid ${server.pid})`} ended with status ${status}; '${shorten(what)}' has no answer.`,
      log: server.lastLog(),
      cause: error,
    })
  }
}

/** An SQLSTATE, apart from those of lost connections and shutdowns (and from codes of Node, such as EPIPE). */
function isAnswer(error: unknown): boolean {
  const { code } = errorFields(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P)/.test(code) && !/^E[A-Z]{4}$/.test(code)
}

async function exitStatus(server: PostgresServer): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), EXIT_REPORT_MS)
  })
  const exit = await Promise.race([server.exited, late])
  clearTimeout(timer)
  return exit?.status
}

function shorten(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
