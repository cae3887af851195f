import type { RedisServer } from '../server.js'
import { exchange, type StoreAddress } from './exchange.js'
import { isRespError, type RespReply } from './resp.js'

/**
 * Sends one command, where there is one over the server's unix socket, without the client library, whose import takes 100 ms.
 * Rejects with what the server says when it refuses the command or, after a test has set another password, the login.
 */
export async function sendDirectly(server: RedisServer, words: readonly string[]): Promise<RespReply> {
  const password = server.config.get('requirepass') ?? ''
  const login = password === '' ? [] : [['AUTH', password]]
  const replies = await exchange(addressOf(server), [...login, words])
  const refused = replies.find(isRespError)
  if (refused !== undefined) throw new Error(refused.error)
  return replies.at(-1) ?? null
}

/** Where a server of ours answers without TLS. */
export function addressOf({ files, host, port }: Pick<RedisServer, 'files' | 'host' | 'port'>): StoreAddress {
  return files?.socketPath ?? { host, port }
}
