import { fileURLToPath } from 'node:url'
import type { App, PostgresDefinition, RedisDefinition, StackDefinition, Suite } from 'hotbed'

export const stack = {
  postgres: { migrations: fileURLToPath(new URL('../../migrations/instances', import.meta.url)) },
  redis: {},
} as const satisfies StackDefinition

export type OrdersSuite = Suite<{ readonly postgres: PostgresDefinition; readonly redis: RedisDefinition }>

const SERVER = fileURLToPath(new URL('../../src/instances/server.mjs', import.meta.url))

export function startOrders(suite: OrdersSuite, as: 'broken' | 'repaired', instances: number): Promise<App> {
  return suite.startApp(['node', SERVER, as], { instances, ready: '/health' })
}

/** Logs in at the first instance; gives the cookie. */
export async function logIn(app: App): Promise<string> {
  const answer = await fetch(`${app.instances[0]?.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'ada' }),
  })
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}
