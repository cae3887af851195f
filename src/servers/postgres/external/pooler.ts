import { HotbedError } from '../../../primitives/error.js'
import type { ConnectedClient } from './connect.js'
import type { PostgresAddress } from './read-url.js'

/** Looking once more shows a pooler that hands its sessions out in turn. */
const ROUNDS = 3

/**
 * Refuses a pooler in transaction or statement mode. Two clients that are connected at the same time and are answered by one backend, or one client that
 * is answered by several, prove it: of a server itself each connection has a backend of its own.
 *
 * @param connect another connection, which is ended here
 * @throws {HotbedError} `ERR_HOTBED_EXTERNAL`
 */
export async function refuseTransactionPooler(
  address: PostgresAddress,
  client: ConnectedClient,
  connect: () => Promise<ConnectedClient>,
): Promise<void> {
  // PgBouncer makes these up; of the server itself they are the same.
  if ((await backendOf(client)) === client.processID) return
  const other = await connect()
  try {
    const mine = new Set<number>()
    const others = new Set<number>()
    for (let round = 0; round < ROUNDS; round += 1) {
      mine.add(await backendOf(client))
      others.add(await backendOf(other))
    }
    if (mine.size === 1 && others.size === 1 && [...mine].every((backend) => !others.has(backend))) return
  } finally {
    await other.end().catch(() => {})
  }
  throw new HotbedError('ERR_HOTBED_EXTERNAL', {
    message: [
      `At ${address.host}:${address.port} a pooler in transaction mode, such as PgBouncer, stands before the server: statements of one`,
      'connection are answered by different backends. SET, prepared statements and advisory locks get lost there, and a database that it does not',
      'know cannot be reached.',
    ].join(' '),
    remedy: 'Give the URL of the server itself (often port 5432 where the pooler has 6432), or let the pooler use pool_mode = session.',
  })
}

async function backendOf(client: ConnectedClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return Number(rows[0]?.pid)
}
