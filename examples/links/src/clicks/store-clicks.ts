import { sql } from 'kysely'
import type { Stores } from '../app.js'

export const COUNTING = 'clicks'
const STORING = 'clicks:storing'

/**
 * Stores what was counted since the last time, in one statement. What is counted meanwhile waits for the next time. One scheduler runs it: when it
 * dies between the statement and the DEL, that share is stored twice, which clicks can bear.
 */
export async function storeClicks({ db, redis }: Stores): Promise<void> {
  if ((await redis.exists(COUNTING)) === 1) await redis.renamenx(COUNTING, STORING)
  const counted = Object.entries(await redis.hgetall(STORING))
  if (counted.length === 0) return
  const codes = counted.map(([code]) => code)
  const clicks = counted.map(([, count]) => count)
  await sql`
    UPDATE links SET clicks = links.clicks + counted.clicks
    FROM unnest(${codes}::text[], ${clicks}::bigint[]) AS counted (code, clicks)
    WHERE links.code = counted.code`.execute(db)
  await redis.del(STORING)
}
