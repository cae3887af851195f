import { defineDataset, foreignKey, growth, uniqueEmail, uniform, weighted } from 'hotbed/seed'

/** 20,000 users and 1,000,000 orders in order of time; a few users have most of the orders, as in production. */
export const dataset = defineDataset({
  tables: {
    users: { rows: 20_000, columns: { email: uniqueEmail(), created_at: growth({ from: '2023-01-01', to: '2024-01-01' }) } },
    orders: {
      rows: 1_000_000,
      columns: {
        user_id: foreignKey('users', { distribution: { zipf: 0.8 } }),
        status: weighted({ shipped: 70, paid: 15, pending: 10, cancelled: 5 }),
        total_cents: uniform({ min: 500, max: 20_500 }),
        created_at: growth({ from: '2024-01-01', shape: 'seasonal', factor: 3 }),
      },
    },
  },
})
