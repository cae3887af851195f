import { mask as maskValues, type Shop } from '../on-both.js'

export interface CacheAsideOptions {
  /** Seconds; 0: none. @default 300 */
  readonly ttl?: number
  /** Whether it is written down that there is nothing. @default false */
  readonly absent?: boolean
}

/** What an application does with a cache: look, load, fill. */
export async function readPrice({ redis, pool }: Shop, id: number, options: CacheAsideOptions = {}): Promise<string | undefined> {
  const { ttl = 300, absent = false } = options
  const cached = await redis.get(`product:${id}`)
  if (cached !== null) return cached === 'none' ? undefined : cached
  const { rows } = await pool.query<{ price: number }>('SELECT price FROM products WHERE id = $1', [id])
  const price = rows[0]?.price.toString()
  if (price === undefined && !absent) return undefined
  await redis.set(`product:${id}`, price ?? 'none', ttl === 0 ? {} : { expiration: { type: 'EX', value: ttl } })
  return price
}

/** As there, and without the blanks that make room for the longest time. */
export function mask(text: string): string {
  return maskValues(text)
    .replaceAll(/^ +(✗ )?(?:\d+ +)?n ms/gm, (_, mark: string | undefined) => `    ${mark ?? ''}n ms`)
    .replaceAll(/\d\d+ commands/g, 'n commands')
}
