import type { Socket } from 'node:net'
import { dialStore } from './dial-store.js'
import { openStorePort, type StorePort } from './store-port.js'
import type { SuiteTargets } from './suite-verbs.js'

type Store = 'postgres' | 'redis'

/** The numbers of the ports to both stores. */
export interface PortNumbers {
  readonly postgres: number | undefined
  readonly redis: number | undefined
}

/** All ports by which the stores of a suite are reached. */
export interface SuitePorts {
  /** Of the suite itself. */
  readonly numbers: PortNumbers
  /** Gives ports that only this instance of an application has: a second call the same ones. */
  readonly add: (instance: string) => Promise<PortNumbers>
  /** All ports of a store refuse connections, also those that are added, until `accept`. */
  readonly refuse: (store: Store) => Promise<void>
  readonly accept: (store: Store) => Promise<void>
  /** All ports of a store that is down refuse connections, too, as the port of a server that has ended does. */
  readonly setDown: (store: Store, isDown: boolean) => Promise<void>
  readonly close: () => void
}

/** @param onClient called for each client, with the instance whose port it came by; `dial` gives the server's side */
export async function openSuitePorts(
  targets: SuiteTargets,
  onClient: (store: Store, instance: string | undefined, client: Socket, dial: () => Socket) => void,
): Promise<SuitePorts> {
  const opened: Record<Store, StorePort[]> = { postgres: [], redis: [] }
  const refusing = new Set<Store>()
  const down = new Set<Store>()
  const added = new Map<string, Promise<PortNumbers>>()
  let isClosed = false

  const isRefused = (store: Store): boolean => refusing.has(store) || down.has(store)
  const apply = async (store: Store): Promise<void> => {
    await Promise.all(opened[store].map((port) => (isRefused(store) ? port.refuse() : port.accept())))
  }
  const openOne = async (store: Store, instance: string | undefined): Promise<number | undefined> => {
    const target = targets[store]
    if (target === undefined) return undefined
    const port = await openStorePort(
      () => dialStore(store, target),
      (client, dial) => onClient(store, instance, client, dial),
    )
    opened[store].push(port)
    if (isClosed) port.close()
    else if (isRefused(store)) await port.refuse()
    return port.port
  }
  const open = async (instance?: string): Promise<PortNumbers> => {
    const [postgres, redis] = await Promise.all([openOne('postgres', instance), openOne('redis', instance)])
    return { postgres, redis }
  }
  return {
    numbers: await open(),
    add: (instance) => {
      const opening = added.get(instance) ?? open(instance)
      added.set(instance, opening)
      return opening
    },
    refuse: async (store) => {
      refusing.add(store)
      await apply(store)
    },
    accept: async (store) => {
      refusing.delete(store)
      await apply(store)
    },
    setDown: async (store, isDown) => {
      if (isDown) down.add(store)
      else down.delete(store)
      await apply(store)
    },
    close: () => {
      isClosed = true
      for (const port of [...opened.postgres, ...opened.redis]) port.close()
    },
  }
}
