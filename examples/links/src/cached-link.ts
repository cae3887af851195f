import type { Stores } from './app.js'
import { findLink, type Link } from './links.js'

export const TTL_SECONDS = 3600

/** Keeps a link for an hour, and never longer than it has to live. `find` is asked when Redis has none. */
export async function findCachedLink(
  { db, redis }: Stores,
  code: string,
  find: () => Promise<Link | undefined> = () => findLink(db, code),
): Promise<Pick<Link, 'url'> | undefined> {
  const key = keyOf(code)
  const cached = await redis.get(key)
  if (cached !== null) return { url: cached }
  const link = await find()
  if (link === undefined) return undefined
  const livesMs = link.expiresAt === null ? Infinity : link.expiresAt.getTime() - Date.now()
  // Also what is left of the last second: EX would have to round it.
  if (livesMs >= 1) await redis.set(key, link.url, 'PX', Math.floor(Math.min(livesMs, TTL_SECONDS * 1000)))
  return link
}

export function keyOf(code: string): string {
  return `link:${code}`
}
