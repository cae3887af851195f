import { HotbedError } from '../primitives/error.js'
import { reachExternalPostgres } from '../servers/postgres/external/reach.js'
import type { ExternalProvider, PostgresServerWish } from '../servers/server.js'
import type { BaseServer, PostgresGroupOptions } from './postgres-group.js'

/**
 * A server that exists, on which templates are made over a connection.
 *
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION` for a suite that wants the server alone; `ERR_HOTBED_EXTERNAL`, `ERR_HOTBED_OPTION`
 */
export async function reachBase(
  provider: ExternalProvider,
  { version }: Omit<PostgresServerWish, 'provider'>,
  { isOfOneSuite, stopwatch }: PostgresGroupOptions,
): Promise<BaseServer> {
  if (isOfOneSuite === true) {
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message:
        "isolation: 'server' gives a suite a Postgres of its own, but the one of postgres.provider.url is shared with whoever uses it.",
      remedy: "Use isolation: 'clone', or provider: 'embedded' for these tests.",
    })
  }
  const server = await stopwatch.measure(
    (reached) => `reach postgres ${reached.version.text} (external)`,
    () => reachExternalPostgres(provider),
  )
  if (version !== undefined && version !== server.version.major) {
    throw new HotbedError('ERR_HOTBED_EXTERNAL', {
      message: `The Postgres at ${server.host}:${server.port} is of version ${server.version.text}, and postgres.version demands ${version}.`,
      remedy: 'Give the URL of another, or leave the version out.',
    })
  }
  return { server, inMemory: false, keep: () => {}, close: server.stop }
}
