import { constant, defineDataset, nullable, uniqueEmail, uniqueText } from 'hotbed/seed'

/** Links that live for ever, and accounts. */
export const dataset = defineDataset({
  tables: {
    links: {
      rows: 1_000,
      columns: {
        code: uniqueText({ prefix: 'c', length: 8 }),
        expires_at: nullable(1, constant('2025-01-01T00:00:00Z')),
        clicks: constant(0),
      },
    },
    accounts: { rows: 1_000, columns: { email: uniqueEmail() } },
  },
})
