import { debug } from '../primitives/debug.js'
import { plural } from '../primitives/plural.js'
import type { Stopwatch } from '../primitives/stopwatch.js'
import type { ProcessUser } from '../primitives/supervised-process.js'
import type { PostgresServer, PostgresServerWish, ServerPlace } from '../servers/server.js'
import { reachBase } from './reach-base.js'
import { prepareContainerBooter } from './boot-container.js'
import { bootFromImage } from './boot-from-image.js'
import { prepareLocalBooter } from './boot-local.js'
import { dropClone } from './clone.js'
import { createFollowedAccess } from './followed-access.js'
import { openAccess, type PostgresAccess } from './postgres-access.js'
import { startReplicas, type Replicas } from './replicas.js'
import { watchServer, type ServerExit } from './server-exit.js'
import { sweepShared } from './sweep-shared.js'
import { prepareTemplate, type Template, type TemplatePlan } from './template.js'

/** A Postgres with the templates that its suites are cloned from. */
export interface PostgresGroup {
  /** Of the primary, where there are replicas: whichever server that is. */
  readonly access: PostgresAccess
  readonly replicas: Replicas | undefined
  /** By fingerprint. */
  readonly templates: ReadonlyMap<string, Template>
  /** True when the files are known to be in memory. */
  readonly inMemory: boolean
  /** One suite has the server alone. */
  readonly isOfOneSuite: boolean
  /** From now on `close` leaves the server up. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => void
  /** True once the server has ended, whoever ended it. */
  readonly hasEnded: () => boolean
  /** Ends a server of ours and removes its files. */
  readonly close: () => Promise<void>
}

export interface PostgresGroupOptions {
  readonly server: PostgresServerWish
  readonly plans: readonly TemplatePlan[]
  readonly cacheDirectory: string
  readonly user: ProcessUser | undefined
  readonly stopwatch: Stopwatch
  /** One suite has the server alone, so a test may kill it. @default false */
  readonly isOfOneSuite?: boolean | undefined
  /** Standbys of the server. @default 0 */
  readonly replicas?: number | undefined
  /** Called when the server ends by itself. */
  readonly onServerExit?: ((exit: ServerExit) => void) | undefined
}

/**
 * A server before its templates are looked at: what a provider has to give. All else is done over connections (`openGroup`, `clone.ts`), by what the
 * server says of itself: `files`, `control` and `pid` may be missing, and `isShared` decides about names, roles and what is left in place.
 */
export interface BaseServer {
  readonly server: PostgresServer
  readonly inMemory: boolean
  /** Makes a directory of that name beside that of the server, for a standby. @default the files are not ours */
  readonly makePlace?: ((name: string) => Promise<ServerPlace>) | undefined
  /** Called when the server, or what is ours on it, is to outlive the run. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => void
  readonly close: () => Promise<void>
}

/** Prepares a server, and makes on it what templates it lacks. Closes it when that fails. */
export type OpenGroup = (base: BaseServer) => Promise<PostgresGroup>

/** Has a server by the provider that was asked for, and makes on it what templates it lacks. */
export async function startPostgresGroup(options: PostgresGroupOptions): Promise<PostgresGroup> {
  const open: OpenGroup = (base) => openGroup(base, options)
  const { provider, image, ...server } = options.server
  // One line for each provider. One without images of ours makes every template over a connection.
  if (typeof provider === 'object') return open(await reachBase(provider, server, options))
  if (provider === 'container' || image !== undefined)
    return bootFromImage(options, () => prepareContainerBooter({ ...server, image }, options), open)
  return bootFromImage(options, () => prepareLocalBooter({ ...server, provider }, options), open)
}

/** Suites with schemas of their own are filled one by one: a schema cannot be copied. */
const WITHOUT_TEMPLATE: Template = { database: '', settings: [], bytes: 0, isSealed: false }

async function openGroup(
  base: BaseServer,
  { plans, stopwatch, isOfOneSuite = false, replicas: count = 0, onServerExit }: PostgresGroupOptions,
): Promise<PostgresGroup> {
  const { server, inMemory, makePlace, keep } = base
  let kept = false
  let opened: PostgresAccess | undefined
  try {
    const followed = createFollowedAccess(await stopwatch.measure('connect', () => openAccess(server)))
    const { access } = followed
    opened = access
    // Leftovers of dead runs go in the background, as those on our own disk do.
    const sweeping = server.isShared ? sweepShared(access.admin).catch((error: unknown) => debug('not swept: %o', error)) : undefined
    const templates = new Map<string, Template>()
    for (const plan of plans) {
      const template = server.rights.createDatabase ? await prepareTemplate(access, plan, stopwatch) : WITHOUT_TEMPLATE
      templates.set(plan.fingerprint, template)
    }
    const replicas =
      count === 0 || makePlace === undefined
        ? undefined
        : await stopwatch.measure(`start ${plural(count, 'replica')}`, () =>
            startReplicas({ primary: followed, count, makePlace, onServerExit }),
          )
    let hasEnded = false
    void server.exited.then(() => (hasEnded = true))
    const unwatch = watchServer('postgres', server, onServerExit)
    return {
      access,
      replicas,
      templates,
      inMemory,
      isOfOneSuite,
      hasEnded: () => hasEnded,
      keep: (facts) => {
        kept = true
        keep(facts)
      },
      close: async () => {
        unwatch()
        await sweeping
        await access.tenancy.end((database) => dropClone(access, database)).catch((error: unknown) => debug('not all dropped: %o', error))
        await access.close()
        if (kept) {
          server.leave()
          await replicas?.leave()
          return
        }
        await replicas?.close()
        await base.close()
      },
    }
  } catch (error) {
    if (server.isShared) await opened?.close()
    await base.close()
    throw error
  }
}
