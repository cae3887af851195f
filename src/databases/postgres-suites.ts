import { debug } from '../primitives/debug.js'
import type { ServerTls } from '../servers/server-tls.js'
import { HotbedError } from '../primitives/error.js'
import { createConnectionLimit } from './connection-limit.js'
import { createClone, dropClone, exchangeClone } from './clone.js'
import { moveServerClock } from './movable-clock.js'
import { createPostgresControl } from './postgres-control.js'
import type { PostgresAccess } from './postgres-access.js'
import type { PostgresGroup } from './postgres-group.js'
import { writeRelationCache } from './relation-cache.js'
import { createSuiteReplicas, type SuiteReplicas } from './suite-replicas.js'
import { createSideConnections, type SideConnections } from './side-connections.js'
import { createSparePool, type SparePool } from './spare-pool.js'
import type { StoreControl } from './store-control.js'
import type { PostgresFacts } from './suite-parts.js'
import type { TableProjection } from './table-statistics.js'
import type { DatasetReport, DatasetStudy, DatasetTarget, WeighedValues } from './template-dataset.js'
import { createThrowAways, createThrowAwaySources, type ThrowAways } from './throw-away.js'
import { templateName, withoutDataset, type TemplatePlan } from './template.js'

/** One suite's database. */
export interface PostgresSuite {
  readonly facts: PostgresFacts
  /** How the tap gets to the server. @default in the clear */
  readonly tls: ServerTls | undefined
  /** Of the server. */
  readonly pid: () => number | undefined
  readonly control: StoreControl
  readonly side: SideConnections
  readonly replicas: SuiteReplicas | undefined
  readonly throwAways: ThrowAways
  /** Continues the dataset of the template. */
  readonly grow: (rows: Readonly<Record<string, number>>) => Promise<DatasetReport>
  /** What the dataset of the template says its tables would be like at these totals. */
  readonly project: (rows: Readonly<Record<string, number>>) => Promise<readonly TableProjection[]>
  readonly weigh: (column: string) => Promise<WeighedValues>
  /** See `SuiteVerbs.movePostgresClock`. */
  readonly moveClock: (aheadMs: number) => Promise<string>
  readonly reset: () => Promise<void>
  /** Lends a database like the suite's was when it was new. */
  readonly lend: (use: (target: DatasetTarget) => Promise<void>) => Promise<void>
  /** Leaves the server up when the run ends, with this database. */
  readonly keep: (facts: object) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** Hands out the clones of one template. */
export interface PostgresSuites {
  readonly open: () => Promise<PostgresSuite>
  readonly refill: () => void
  readonly close: () => Promise<void>
}

/** @param name of the databases; a number is appended */
export function createPostgresSuites(group: PostgresGroup, plan: TemplatePlan, spares: number, nextNumber: () => number): PostgresSuites {
  const { access } = group
  const template = group.templates.get(plan.fingerprint)
  if (template === undefined)
    throw new HotbedError('ERR_HOTBED_TEMPLATE', {
      message: `The server has no template '${templateName(access, plan)}'.`,
    })
  const prefix = plan.definition.database ?? 'suite'
  const nameNext = (): string => access.tenancy.nameDatabase(prefix, nextNumber())
  const sources = createThrowAwaySources(access, template, nameNext)
  let warming: Promise<void> | undefined
  const pool: SparePool<string> = createSparePool(
    spares,
    async () => {
      await warming
      const database = nameNext()
      await createClone(access, template, database)
      return database
    },
    // The server ends with the run, and every database with it.
    () => Promise.resolve(),
  )
  const lend = async (use: (target: DatasetTarget) => Promise<void>): Promise<void> => {
    const lent = await pool.take()
    try {
      await use(describePostgres(access, lent))
    } finally {
      await dropClone(access, lent)
    }
  }
  /** Of the template, so that all suites share it. */
  let study: Promise<DatasetStudy | undefined> | undefined
  const studyDataset = async (): Promise<DatasetStudy | undefined> => {
    let found: DatasetStudy | undefined
    const { dataset } = plan
    if (dataset?.study !== undefined) await lend(async (target) => void (found = await dataset.study?.(target)))
    return found
  }
  const findStudy = (): Promise<DatasetStudy | undefined> => {
    study ??= studyDataset()
    study.catch(() => (study = undefined))
    return study
  }
  let closed = false
  const refill = (): void => {
    if (closed) return
    if (spares > 0 && !access.server.isShared)
      warming ??= writeRelationCache(access, template).catch((error: unknown) => debug('relation cache not written: %o', error))
    pool.refill()
  }
  return {
    open: async () => {
      const database = await pool.take()
      const limit = createConnectionLimit(access, database)
      const side = createSideConnections(access, database, limit.open)
      const control = createPostgresControl(group, side, limit)
      const replicas = group.replicas === undefined ? undefined : createSuiteReplicas(group, group.replicas, database)
      await replicas?.catchUp()
      const throwAways = createThrowAways(access, sources, side)
      let kept = false
      let aheadMs = 0
      let dropping = Promise.resolve()
      return {
        facts: { ...describePostgres(access, database), replicas: replicas?.facts ?? [] },
        tls: access.server.admin.tls,
        pid: () => access.server.pid,
        control,
        side,
        replicas,
        throwAways,
        grow: async (rows) => {
          const { dataset } = plan
          if (dataset !== undefined) return limit.lift(() => dataset.grow(describePostgres(access, database), rows))
          throw withoutDataset('postgres.grow() continues')
        },
        project: async (rows) => (await findStudy())?.project(rows) ?? [],
        weigh: async (column) => {
          const found = await findStudy()
          if (found !== undefined) return found.weigh(column)
          throw withoutDataset('postgres.weighValues() asks')
        },
        lend,
        moveClock: async (toMs) => {
          const moved = await moveServerClock(access.server.clock, side, toMs, aheadMs)
          aheadMs = toMs
          return moved
        },
        reset: async () => {
          await control.takeBack()
          await replicas?.takeBack()
          const fresh = await pool.take()
          await throwAways.closeAll()
          await side.close()
          const old = await exchangeClone(access, database, fresh).catch(async (error: unknown) => {
            await dropClone(access, fresh).catch(() => {})
            throw error
          })
          await replicas?.exchanged(old)
          // Nobody waits for the old files to go.
          dropping = dropping.then(() => dropClone(access, old)).catch((error: unknown) => debug('not dropped: %o', error))
          void dropping.then(refill)
          if (replicas === undefined) return
          // Afterwards the log grows by what the test does, and by nothing else.
          await dropping
          await replicas.catchUp()
        },
        keep: async (facts) => {
          await access.tenancy.mark(database, 'kept')
          kept = true
          control.giveAway()
          group.keep(facts)
        },
        dispose: async () => {
          await throwAways.closeAll()
          await replicas?.close()
          await side.close()
          if (kept) return
          await dropping
          // When this was the last suite, the run closes before there are new spares.
          const refillLater = (): void => void setImmediate(refill)
          await dropClone(access, database).then(refillLater, (error: unknown) => {
            // With a server that has ended its databases are gone.
            if (!group.hasEnded()) throw error
          })
        },
      }
    },
    refill,
    close: () => {
      closed = true
      return pool.close()
    },
  }
}

/** What is known of a database, as its suite has it. */
export function describePostgres(access: PostgresAccess, database: string): PostgresFacts {
  const { server } = access
  return {
    version: server.version,
    provider: server.provider,
    host: server.host,
    port: server.port,
    database,
    user: access.owner.user,
    password: access.owner.password,
    url: access.url({ database, role: 'owner' }),
    directUrl: access.url({ database, role: 'owner' }),
    adminUrl: access.url({ database, role: 'admin' }),
    collation: server.collation,
    dataDirectory: server.files?.dataDirectory,
    plansUnavailable: server.rights.plansUnavailable,
    replicas: [],
  }
}
