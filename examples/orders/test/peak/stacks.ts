import { fileURLToPath } from 'node:url'
import type { StackDefinition } from 'hotbed'

/** As the application was deployed first. */
export const asDeployed = { postgres: { migrations: fileOf('../../migrations/peak') }, redis: {} } as const satisfies StackDefinition

/** With an index for what is looked up. */
export const repaired = {
  postgres: { migrations: [fileOf('../../migrations/peak'), fileOf('../../repairs/peak')] },
  redis: {},
} as const satisfies StackDefinition

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
