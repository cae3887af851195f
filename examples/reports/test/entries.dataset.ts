import { constant, defineDataset, uniform, uniformTime } from 'hotbed/seed'

/** A year of one client, some 240 entries for each of 80 reports. */
export const dataset = defineDataset({
  tables: {
    entries: {
      rows: 19_200,
      columns: {
        client_id: constant(7),
        report: uniform({ min: 1, max: 80 }),
        booked_at: uniformTime({ from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }),
        amount_cents: uniform({ min: -100_000, max: 100_000 }),
      },
    },
  },
})
