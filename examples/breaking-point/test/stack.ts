import { fileURLToPath } from 'node:url'
import type { StackDefinition } from 'hotbed'

export const stack = {
  postgres: { migrations: fileURLToPath(new URL('../migrations', import.meta.url)) },
  redis: {},
} as const satisfies StackDefinition
