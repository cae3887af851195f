import type { Redis } from 'ioredis'
import type { Copies } from './copies.js'
import { openJsonCopies } from './json-copies.js'
import { openTextCopies } from './text-copies.js'

/** As documents where this Redis knows them, else as texts. */
export async function openCopies(redis: Redis): Promise<Copies> {
  const known: unknown = await redis.call('COMMAND', 'INFO', 'JSON.SET')
  const hasJson = Array.isArray(known) && known[0] !== null
  return hasJson ? openJsonCopies(redis) : openTextCopies(redis)
}
