import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { reachExternalPostgres } from '../servers/postgres/external/reach.js'
import type { ExternalProvider, PostgresRights, PostgresServer, PostgresServerWish } from '../servers/server.js'
import type { Capabilities } from './engine/capabilities.js'
import { CLONES, judgeFeatures } from './engine/features.js'
import { probeEngine } from './engine/probe.js'
import type { BaseServer, PostgresGroupOptions } from './postgres-group.js'

/** PostgreSQL itself is known by its version and rights; what else speaks its protocol is tried out. */
async function reach(provider: ExternalProvider): Promise<PostgresServer> {
  const server = await reachExternalPostgres(provider)
  if (/^PostgreSQL \d/.test(server.engine) && !/-YB-|Redshift|Greenplum/.test(server.engine)) return server
  debug('%s is not PostgreSQL itself, so it is tried out', server.engine)
  const { capabilities } = await probeEngine(provider.url, 'postgres.provider.url')
  return { ...server, rights: rightsOf(capabilities) }
}

/** Of an engine that was tried out. */
export function rightsOf(capabilities: Capabilities): PostgresRights {
  const { works = false } = judgeFeatures(capabilities).find(({ name }) => name === CLONES) ?? {}
  const plans = capabilities.autoExplain
  return {
    createDatabase: works,
    // It is fast where nothing is synced, which such an engine does not say.
    copyFiles: false,
    plansUnavailable: plans === true ? undefined : `the server sends no plans: ${plans}`,
  }
}

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
    () => reach(provider),
  )
  if (version !== undefined && version !== server.version.major) {
    throw new HotbedError('ERR_HOTBED_EXTERNAL', {
      message: `The Postgres at ${server.host}:${server.port} is of version ${server.version.text}, and postgres.version demands ${version}.`,
      remedy: 'Give the URL of another, or leave the version out.',
    })
  }
  return { server, inMemory: false, keep: () => {}, close: server.stop }
}
