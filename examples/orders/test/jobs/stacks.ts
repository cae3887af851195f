import { fileURLToPath } from 'node:url'
import type { PostgresDefinition, RedisDefinition, StackDefinition, Suite } from 'hotbed'

/** A suite of either of these. */
export type OrdersSuite = Suite<{ readonly postgres: PostgresDefinition; readonly redis: RedisDefinition }>

/** As the application was deployed first. */
export const asDeployed = { postgres: { migrations: fileOf('../../migrations/jobs') }, redis: {} } as const satisfies StackDefinition

/** With what makes jobs idempotent. */
export const repaired = {
  postgres: { migrations: [fileOf('../../migrations/jobs'), fileOf('../../repairs/jobs')] },
  redis: {},
} as const satisfies StackDefinition

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
