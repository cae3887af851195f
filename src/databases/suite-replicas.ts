import { HotbedError } from '../primitives/error.js'
import type { Replicas } from './replicas.js'
import { readLogPosition } from './replay.js'
import type { PostgresGroup } from './postgres-group.js'
import { endSessions } from './sessions.js'
import { createSideConnections } from './side-connections.js'
import type { QueryResult } from './sql-client.js'
import type { ReplicaFacts, ReplicationRequest } from './suite-parts.js'

/** The replicas of one suite's database. */
export interface SuiteReplicas {
  readonly facts: readonly ReplicaFacts[]
  readonly query: (replica: number, sql: string, params: readonly unknown[] | undefined) => Promise<QueryResult>
  /** Gives what was asked for: bytes, a position in the log, or the number of the replica that took over. */
  readonly act: (request: ReplicationRequest) => Promise<number | string | undefined>
  /** Releases what is held, and gives it in the words of its calls. */
  readonly takeBack: () => Promise<readonly string[]>
  /** Settles when every replica has what was committed before. */
  readonly catchUp: () => Promise<void>
  /** The database was exchanged, and the one before has this name now: settles when the replicas have the new one, and nobody is in the old one. */
  readonly exchanged: (old: string) => Promise<void>
  readonly close: () => Promise<void>
}

export function createSuiteReplicas(group: PostgresGroup, replicas: Replicas, database: string): SuiteReplicas {
  const { accesses } = replicas
  const sides = accesses.map((access) => createSideConnections(access, database))
  const eachOf = (replica: number | undefined): readonly number[] => (replica === undefined ? replicas.standbys() : [replica])
  const catchUp = async (replica?: number, timeoutMs?: number): Promise<void> => {
    const asked = eachOf(replica)
    refuseHeld(asked)
    await Promise.all(asked.map((one) => replicas.catchUp(one, timeoutMs)))
  }
  const refuseHeld = (asked: readonly number[]): void => {
    const held = replicas.held().filter((one) => asked.includes(one))
    if (held.length === 0) return
    throw new HotbedError('ERR_HOTBED_QUERY', {
      message: `${nameHolds(held, replicas)} holds the replay, so nothing would ever be caught up.`,
      remedy: 'await suite.postgres.lag.release()',
    })
  }

  return {
    facts: accesses.map((access) => ({
      host: access.server.host,
      port: access.server.port,
      url: access.url({ database, role: 'owner' }),
      directUrl: access.url({ database, role: 'owner' }),
      adminUrl: access.url({ database, role: 'admin' }),
      dataDirectory: access.server.files?.dataDirectory,
    })),
    query: async (replica, sql, params) => {
      const side = sides[replica]
      if (side !== undefined) return side.query(sql, params)
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `There is no replica ${replica}; the stack of this suite has ${sides.length}.`,
      })
    },
    act: async (request) => {
      switch (request.act) {
        case 'hold':
          for (const one of eachOf(request.replica)) await replicas.hold(one)
          return undefined
        case 'release':
          for (const one of eachOf(request.replica)) await replicas.release(one)
          return undefined
        case 'bytes':
          return Math.max(0, ...(await Promise.all(eachOf(request.replica).map(replicas.lag))))
        case 'caughtUp':
          await catchUp(request.replica, request.timeoutMs)
          return undefined
        case 'position':
          return request.replica === undefined || !replicas.standbys().includes(request.replica)
            ? readLogPosition(group.access)
            : replicas.replayed(request.replica)
        case 'failover':
        default:
          return replicas.failOver()
      }
    },
    takeBack: async () => {
      const held = replicas.held()
      if (held.length === 0) return []
      const named = nameHolds(held, replicas)
      for (const one of held) await replicas.release(one)
      return named.split(', ')
    },
    catchUp: () => catchUp(),
    exchanged: async (old) => {
      await catchUp()
      for (const one of replicas.standbys()) {
        const access = accesses[one]
        if (access !== undefined) await endSessions(access.admin, old)
      }
      // Sessions of our own have ended with it.
      await Promise.all(sides.map((side) => side.close()))
    },
    close: async () => void (await Promise.all(sides.map((side) => side.close()))),
  }
}

/** The calls that hold these. */
function nameHolds(held: readonly number[], replicas: Replicas): string {
  if (replicas.standbys().every((one) => held.includes(one))) return 'suite.postgres.lag.hold()'
  return held.map((one) => `suite.postgres.replicas[${one}].lag.hold()`).join(', ')
}
