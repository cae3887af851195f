import type { ServerTls } from '../../servers/server-tls.js'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Where a store of a suite really is. */
export interface Target {
  readonly host: string
  readonly port: number
  /** @default in the clear */
  readonly tls?: ServerTls | undefined
}

/** The port by which a client reaches one store through the tap. */
export interface StorePort {
  readonly port: number
  /** Clients that come get a refused connection until `accept` is called. */
  readonly refuse: () => Promise<void>
  readonly accept: () => Promise<void>
  readonly close: () => void
}

const HOST = '127.0.0.1'

/** @param onClient called for each client; `dial` gives the server's side, which may still be connecting, what is written to it waits */
export async function openStorePort(dial: () => Socket, onClient: (client: Socket, dial: () => Socket) => void): Promise<StorePort> {
  let isClosed = false
  const open = async (port: number): Promise<Server> => {
    // A client that half-closes still gets what the server has to say.
    const listening = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      onClient(client, dial)
    })
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(port, HOST, resolve)
    })
    return listening
  }
  let server: Server | undefined = await open(0)
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    const stopping = server
    server = undefined
    // Its callback waits for open connections; the port is free as soon as `close` was called.
    stopping?.close()
  }
  return {
    port,
    refuse: stop,
    accept: async () => {
      if (server === undefined && !isClosed) server = await open(port)
    },
    close: () => {
      isClosed = true
      void stop()
    },
  }
}
