import type pg from 'pg'

/** How many orders a month had, such as `2025-03`. */
export type CountMonth = (pool: pg.Pool, month: string) => Promise<number>
