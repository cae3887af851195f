import type { KneeReport, PostgresDefinition, RedisDefinition, Suite } from 'hotbed'
import { createApp, type AppOptions } from '../src/app.js'
import { signToken } from '../src/verify-token.js'

/** Raises the rate of the one endpoint until it cracks, or up to what is wanted of it. */
export async function searchKnee(
  suite: Suite<{ readonly postgres: PostgresDefinition; readonly redis: RedisDefinition }>,
  options: Pick<AppOptions, 'connections' | 'remembersTokens'>,
): Promise<KneeReport> {
  const { server, pool } = await createApp({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url, ...options })
  const tokens = Array.from({ length: 5 }, (_, customer) => signToken(String(customer + 1)))
  const price = ({ index }: { readonly index: number }): Promise<unknown> =>
    server.inject({ url: '/price', headers: { authorization: `Bearer ${tokens[index % tokens.length]}` } })
  // As after a minute of traffic: connections are open, tokens are known.
  for (const index of tokens.keys()) await price({ index })
  try {
    return await suite.findKnee(price, {
      from: 12,
      upTo: 160,
      factor: 2.5,
      precision: 0.5,
      stepFor: '1.8s',
      latencyFactor: 8,
      pools: [pool],
    })
  } finally {
    await server.close()
  }
}
