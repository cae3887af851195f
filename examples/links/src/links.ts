import { randomBytes } from 'node:crypto'
import type { Database } from './app.js'

export interface Link {
  readonly url: string
  readonly expiresAt: Date | null
}

export interface NewLink extends Link {
  readonly code: string
}

/** The link that is alive at this moment. The moment is the application's: one clock decides, here and where entries of the cache expire. */
export async function findLink(db: Database, code: string, now: Date = new Date()): Promise<Link | undefined> {
  const row = await db
    .selectFrom('links')
    .select(['url', 'expires_at'])
    .where('code', '=', code)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst()
  return row === undefined ? undefined : { url: row.url, expiresAt: row.expires_at }
}

/** False: the alias is taken. One that has expired is free again. */
export async function insertLink(db: Database, { code, url, expiresAt }: NewLink, now: Date = new Date()): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('links')
    .values({ code, url, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('code').doUpdateSet({ url, expires_at: expiresAt }).where('links.expires_at', '<=', now))
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows > 0n
}

/** Takes expired links out of the table, so many at a time, and tells how many it took. */
export async function pruneLinks(db: Database, batch: number, now: Date = new Date()): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('links')
    .where('code', 'in', (links) =>
      links.selectFrom('links').select('code').where('expires_at', '<=', now).orderBy('expires_at').limit(batch),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** 48 random bits: a collision is as good as none, and would be refused by the primary key. */
export function newCode(): string {
  return randomBytes(6).toString('base64url')
}
