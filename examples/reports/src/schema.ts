import { bigint, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const clients = pgTable('clients', {
  id: integer().primaryKey(),
  name: text().notNull(),
})

export const entries = pgTable('entries', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  clientId: integer('client_id').notNull(),
  report: integer().notNull(),
  bookedAt: timestamp('booked_at', { withTimezone: true }).notNull(),
  amountCents: integer('amount_cents').notNull(),
})
