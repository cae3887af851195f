import type { SendCommand } from './inspect.js'

/** PEXPIRETIME came with Redis 7.0. The server is asked rather than its version: not every server that speaks this protocol counts as Redis does. */
export async function knowsExpireTime(send: SendCommand): Promise<boolean> {
  const answer = await send(['COMMAND', 'INFO', 'PEXPIRETIME'])
  return Array.isArray(answer) && Array.isArray(answer[0])
}
