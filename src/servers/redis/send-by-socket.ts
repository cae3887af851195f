import type { LocalRedisServer } from '../server.js'
import { exchange } from './exchange.js'
import { isRespError, type RespReply } from './resp.js'

/**
 * Sends one command over the server's unix socket, without the client library, whose import takes 100 ms.
 * Rejects with what the server says when it refuses the command or, after a test has set another password, the login.
 */
export async function sendBySocket(server: LocalRedisServer, words: readonly string[]): Promise<RespReply> {
  const password = server.config.get('requirepass') ?? ''
  const login = password === '' ? [] : [['AUTH', password]]
  const replies = await exchange(server.files.socketPath, [...login, words])
  const refused = replies.find(isRespError)
  if (refused !== undefined) throw new Error(refused.error)
  return replies.at(-1) ?? null
}
