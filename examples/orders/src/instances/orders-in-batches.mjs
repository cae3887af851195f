const FLUSH_MS = 10_000

/** Broken: the customer is told that the order is placed while it stands in the memory of one process, for the sake of fewer statements. */
export function ordersInBatches(pool) {
  let waiting = []
  const flush = async () => {
    const batch = waiting
    waiting = []
    if (batch.length > 0) await pool.query('INSERT INTO orders (id) SELECT unnest($1::bigint[])', [batch])
  }
  const timer = setInterval(() => void flush(), FLUSH_MS)
  return {
    place: async (id) => void waiting.push(id),
    close: async () => {
      clearInterval(timer)
      await flush()
    },
  }
}
