import type { Socket } from 'node:net'
import type { PostgresRole } from '../exchange.js'
import { dialStore } from './dial-store.js'
import { openStorePort, type StorePort, type Target } from './store-port.js'
import type { SuiteTargets } from './suite-verbs.js'

type Store = 'postgres' | 'redis'

/** The numbers of the ports to both stores. */
export interface PortNumbers {
  readonly postgres: number | undefined
  readonly redis: number | undefined
}

/** Which server a client wants. */
export interface PortServer {
  readonly store: Store
  /** The number of the replica; undefined for the primary, and for Redis. */
  readonly replica: number | undefined
}

/** All ports by which the stores of a suite are reached. */
export interface SuitePorts {
  /** Of the suite itself. */
  readonly numbers: PortNumbers & { readonly replicas: readonly number[] }
  /** Gives ports that only this instance of an application has: a second call the same ones. Replicas are reached by those of the suite. */
  readonly add: (instance: string) => Promise<PortNumbers>
  /** All ports of a store, or of its servers of that role, refuse connections, also those that are added, until `accept`. */
  readonly refuse: (store: Store, role?: PostgresRole) => Promise<void>
  readonly accept: (store: Store, role?: PostgresRole) => Promise<void>
  /** All ports of a store that is down refuse connections, too, as the port of a server that has ended does. A store's replicas are not it. */
  readonly setDown: (store: Store, isDown: boolean) => Promise<void>
  /** What the server behind a port serves as now. */
  readonly roleOf: (server: PortServer) => PostgresRole
  /** From here on the primary is the server of this replica. */
  readonly promote: (replica: number) => void
  readonly close: () => void
}

interface OpenedPort {
  readonly server: PortServer
  readonly port: StorePort
}

/** @param onClient called for each client, with the instance whose port it came by; `dial` gives the server's side */
export async function openSuitePorts(
  targets: SuiteTargets,
  onClient: (server: PortServer, instance: string | undefined, client: Socket, dial: () => Socket) => void,
): Promise<SuitePorts> {
  const opened: OpenedPort[] = []
  /** A store, and its role where only that is meant. */
  const refusing = new Set<string>()
  const down = new Set<Store>()
  const added = new Map<string, Promise<PortNumbers>>()
  const { replicas = [] } = targets
  const promoted = new Set<number>()
  let primary = targets.postgres
  let isClosed = false

  const roleOf = ({ replica }: Pick<PortServer, 'replica'>): PostgresRole =>
    replica === undefined || promoted.has(replica) ? 'primary' : 'replica'
  const isRefused = (server: PortServer): boolean => {
    const { store, replica } = server
    if (refusing.has(store) || (down.has(store) && replica === undefined)) return true
    return store === 'postgres' && refusing.has(keyOf(store, roleOf(server)))
  }
  const apply = async (store: Store): Promise<void> => {
    const ports = opened.filter(({ server }) => server.store === store)
    await Promise.all(ports.map(({ server, port }) => (isRefused(server) ? port.refuse() : port.accept())))
  }
  const openOne = async (server: PortServer, instance: string | undefined, target: () => Target): Promise<number> => {
    const port = await openStorePort(
      () => dialStore(server.store, target()),
      (client, dial) => onClient(server, instance, client, dial),
    )
    opened.push({ server, port })
    if (isClosed) port.close()
    else if (isRefused(server)) await port.refuse()
    return port.port
  }
  const openStore = async (store: Store, instance: string | undefined): Promise<number | undefined> => {
    const first = targets[store]
    if (first === undefined) return undefined
    return openOne({ store, replica: undefined }, instance, () => (store === 'postgres' ? primary : undefined) ?? first)
  }
  const open = async (instance?: string): Promise<PortNumbers> => {
    const [postgres, redis] = await Promise.all([openStore('postgres', instance), openStore('redis', instance)])
    return { postgres, redis }
  }
  return {
    numbers: {
      ...(await open()),
      replicas: await Promise.all(replicas.map((target, replica) => openOne({ store: 'postgres', replica }, undefined, () => target))),
    },
    add: (instance) => {
      const opening = added.get(instance) ?? open(instance)
      added.set(instance, opening)
      return opening
    },
    refuse: async (store, role) => {
      refusing.add(keyOf(store, role))
      await apply(store)
    },
    accept: async (store, role) => {
      refusing.delete(keyOf(store, role))
      await apply(store)
    },
    setDown: async (store, isDown) => {
      if (isDown) down.add(store)
      else down.delete(store)
      await apply(store)
    },
    roleOf,
    promote: (replica) => {
      promoted.add(replica)
      primary = replicas[replica]
    },
    close: () => {
      isClosed = true
      for (const { port } of opened) port.close()
    },
  }
}

function keyOf(store: Store, role: PostgresRole | undefined): string {
  return role === undefined ? store : `${store} ${role}`
}
