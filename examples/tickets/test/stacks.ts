import { fileURLToPath } from 'node:url'
import type { PostgresDefinition, RedisDefinition, StackDefinition, Suite } from 'hotbed'

/** A suite of any of these. */
export type TicketSuite = Suite<{ readonly postgres: PostgresDefinition; readonly redis: RedisDefinition }>

/** As the application was deployed first. */
export const asDeployed = { postgres: { migrations: fileOf('../migrations') }, redis: {} } as const satisfies StackDefinition

/** With what the repaired application needs: a token on seats, a key on orders. */
export const repaired = {
  postgres: { migrations: [fileOf('../migrations'), fileOf('../repairs')] },
  redis: {},
} as const satisfies StackDefinition

/** With the rule in the schema itself. */
export const constrained = {
  postgres: { migrations: [fileOf('../migrations'), fileOf('../constraints')] },
  redis: {},
} as const satisfies StackDefinition

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
