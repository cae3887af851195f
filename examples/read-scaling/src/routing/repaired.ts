import type { CreateRouter } from './router.js'

/**
 * Reads go to the replica once that has replayed what this customer has written, until then to the primary. Where the log was after the write goes with the
 * session in production, in a cookie or a token; here it stays in memory.
 */
export const createRouter: CreateRouter = ({ primary, replica }) => {
  const written = new Map<number, string>()
  return {
    wrote: async (customer) => {
      const { rows } = await primary.query<{ position: string }>('SELECT pg_current_wal_lsn() AS position')
      if (rows[0] !== undefined) written.set(customer, rows[0].position)
    },
    readerFor: async (customer) => {
      const position = written.get(customer)
      if (position === undefined) return replica
      const { rows } = await replica.query<{ there: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there', [position])
      if (rows[0]?.there !== true) return primary
      written.delete(customer)
      return replica
    },
  }
}
