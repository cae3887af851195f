import type { RedisServer } from '../server.js'
import { sendDirectly } from './send-directly.js'

type Send = (args: readonly string[]) => Promise<unknown>

/** See `RedisConnection.reset`. Connections of the application stay open; what they have set for themselves (SELECT, WATCH, subscriptions) is theirs. */
export async function resetRedis(server: RedisServer, send: Send): Promise<void> {
  const [config] = await Promise.all([
    send(['CONFIG', 'GET', '*']),
    send(['FLUSHALL', 'SYNC']),
    send(['SCRIPT', 'FLUSH', 'SYNC']),
    server.version.major >= 7 ? send(['FUNCTION', 'FLUSH', 'SYNC']) : undefined,
    send(['SLOWLOG', 'RESET']),
    send(['LATENCY', 'RESET']),
  ])
  const changed = changedDirectives(server.config, readConfig(config))
  // One by one and in the server's order: before version 7 CONFIG SET takes one.
  for (const [name, value] of changed) await send(['CONFIG', 'SET', name, value])
  await send(['CONFIG', 'RESETSTAT'])
}

/**
 * The same without the client library, whose import takes 100 ms: most suites are reset and never asked anything.
 * Rejects when the server does not take it, such as after a test has set a password.
 */
export async function resetRedisDirectly(server: RedisServer): Promise<void> {
  await resetRedis(server, (args) => sendDirectly(server, args))
}

/** The flat list that CONFIG GET answers. */
export function readConfig(reply: unknown): ReadonlyMap<string, string> {
  const words = Array.isArray(reply) ? reply.map(String) : []
  const config = new Map<string, string>()
  for (let index = 0; index + 1 < words.length; index += 2) config.set(words[index] ?? '', words[index + 1] ?? '')
  return config
}

function changedDirectives(
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return [...wanted].filter(([name, value]) => found.has(name) && found.get(name) !== value)
}
