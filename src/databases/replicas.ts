import { HotbedError } from '../primitives/error.js'
import { primaryConnection } from '../servers/postgres/standby.js'
import type { PostgresServer, ServerPlace } from '../servers/server.js'
import type { FollowedAccess } from './followed-access.js'
import { openStandbyAccess, type PostgresAccess } from './postgres-access.js'
import {
  awaitStreaming,
  catchUp,
  pauseReplay,
  promote,
  readLag,
  readReceived,
  readReplayed,
  receiveAll,
  resumeReplay,
  type LogPosition,
} from './replay.js'
import { watchServer, type ServerExit } from './server-exit.js'
import { quoteLiteral } from './sql-client.js'

/** The standbys of a primary, by their numbers: 0 is the first. One that was promoted is a standby no more, and keeps its number. */
export interface Replicas {
  readonly accesses: readonly PostgresAccess[]
  /** Those that follow a primary. */
  readonly standbys: () => readonly number[]
  /** Those whose replay stands still. */
  readonly held: () => readonly number[]
  readonly hold: (replica: number) => Promise<void>
  readonly release: (replica: number) => Promise<void>
  /** Bytes of the primary's log that it has not replayed. */
  readonly lag: (replica: number) => Promise<number>
  readonly replayed: (replica: number) => Promise<LogPosition>
  /** Settles when it has replayed what was committed before the call. */
  readonly catchUp: (replica: number, timeoutMs?: number) => Promise<void>
  /** Ends the primary in one moment and lets the first standby take its place; gives the number of that one. */
  readonly failOver: () => Promise<number>
  /** Lets the servers live on after us. */
  readonly leave: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface ReplicasOptions {
  readonly primary: FollowedAccess
  readonly count: number
  readonly makePlace: (name: string) => Promise<ServerPlace>
  readonly onServerExit?: ((exit: ServerExit) => void) | undefined
}

/** A standby that cannot reach its primary asks again every 50 ms. */
const STREAM_MS = 10_000
const CATCH_UP_MS = 30_000
/** A replay stops between two records, of which one may copy a whole database. */
const HOLD_MS = 30_000
const RECEIVE_MS = 5_000
const PROMOTE_MS = 60_000

/**
 * Starts so many standbys and waits until each of them streams.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START` with the logs of both, when one does not reach its primary
 */
export async function startReplicas({ primary, count, makePlace, onServerExit }: ReplicasOptions): Promise<Replicas> {
  const { access, follow } = primary
  const accesses: PostgresAccess[] = []
  const servers: PostgresServer[] = []
  const unwatch: (() => void)[] = []
  const promoted = new Set<number>()
  const held = new Set<number>()
  const standbys = (): readonly number[] => [...accesses.keys()].filter((replica) => !promoted.has(replica))
  const find = (replica: number): PostgresAccess => {
    const found = promoted.has(replica) ? undefined : accesses[replica]
    if (found !== undefined) return found
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: promoted.has(replica)
        ? `Replica ${replica} of this suite has become its primary, so it replays nothing.`
        : `There is no replica ${replica}; the stack of this suite has ${accesses.length}, and the first is 0.`,
    })
  }
  const letGo = async (): Promise<void> => {
    for (const stop of unwatch) stop()
    await Promise.all(accesses.map((one) => one.close()))
  }
  const close = async (): Promise<void> => {
    await letGo()
    await Promise.all(servers.map((server) => server.stop()))
  }
  const failOver = async (): Promise<number> => {
    if (standbys().length === 0) throw new HotbedError('ERR_HOTBED_OPTION', NONE_LEFT)
    const lost = access.server
    // Of what is committed after this look some may be lost, as in production.
    if (lost.control?.condition() === 'running') await Promise.all(standbys().map((one) => receiveAll(access, find(one), RECEIVE_MS)))
    await lost.control?.kill()
    const chosen = await findMostReceived()
    const next = find(chosen)
    await promote(access, next, PROMOTE_MS)
    promoted.add(chosen)
    held.delete(chosen)
    follow(next)
    for (const other of standbys()) await followAnother(find(other), next, held.has(other))
    return chosen
  }
  /** Another that had more could not follow it. The first among equals. */
  const findMostReceived = async (): Promise<number> => {
    const received = await Promise.all(standbys().map(async (one) => ({ one, bytes: await readReceived(find(one)) })))
    return received.reduce((most, other) => (other.bytes > most.bytes ? other : most)).one
  }

  try {
    for (let number = 0; number < count; number += 1) {
      const { files } = access.server
      if (files === undefined) throw new Error('A standby is a copy of files.')
      const server = await files.startStandby(await makePlace(`replica-${number + 1}`))
      servers.push(server)
      unwatch.push(watchServer('postgres', server, onServerExit))
      accesses.push(await openStandbyAccess(server, access))
    }
    // Not one by one: the primary was started again for each.
    for (const standby of accesses) await awaitStreaming(access, standby, STREAM_MS)
  } catch (error) {
    await close()
    throw error
  }
  return {
    accesses,
    standbys,
    held: () => [...held],
    hold: async (replica) => {
      await pauseReplay(access, find(replica), HOLD_MS)
      held.add(replica)
    },
    release: async (replica) => {
      await resumeReplay(find(replica))
      held.delete(replica)
    },
    lag: (replica) => readLag(access, find(replica)),
    replayed: (replica) => readReplayed(find(replica)),
    catchUp: (replica, timeoutMs = CATCH_UP_MS) => catchUp(access, find(replica), timeoutMs),
    failOver,
    leave: async () => {
      await letGo()
      for (const server of servers) server.leave()
    },
    close,
  }
}

/** Its log goes on where the promotion left that of its old primary. */
async function followAnother(standby: PostgresAccess, primary: PostgresAccess, isHeld: boolean): Promise<void> {
  await standby.admin.query(`ALTER SYSTEM SET primary_conninfo = ${quoteLiteral(primaryConnection(primary.server))}`)
  await standby.admin.query('SELECT pg_reload_conf()')
  // One whose replay is held asks for more when that goes on.
  if (!isHeld) await awaitStreaming(primary, standby, STREAM_MS)
}

const NONE_LEFT = {
  message: 'postgres.control.failover() needs a replica that takes over, and this suite has none left.',
  remedy: 'Give the stack one more: postgres: { replicas: 2 }.',
}
