import type { Stores } from '../app.js'
import { findCachedLink, keyOf } from '../cached-link.js'
import type { Link } from '../links.js'

const ABSENT_SECONDS = 60

export const absenceOf = (code: string): string => `absent:${keyOf(code)}`

/** That there is no such link is remembered for a minute. */
export async function findOrRememberAbsence(stores: Stores, code: string): Promise<Pick<Link, 'url'> | undefined> {
  if ((await stores.redis.exists(absenceOf(code))) === 1) return undefined
  const link = await findCachedLink(stores, code)
  if (link === undefined) await stores.redis.set(absenceOf(code), '', 'EX', ABSENT_SECONDS)
  return link
}
