import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { HotbedError } from '../../primitives/error.js'
import type { Run } from '../run.js'
import type { StackDefinition } from '../stack.js'
import type { Isolation, SuiteParts } from '../suite-parts.js'
import { createFirstSuites } from './first-suites.js'
import { TOKEN_BYTES, type RunAddress } from './protocol.js'
import { serveWorker } from './serve-worker.js'

/** A run that other processes open suites of. */
export interface RunServer {
  /** What a worker connects to. */
  readonly address: RunAddress
  /** Opens the first suite of a stack in the background. */
  readonly prepare: (stack: string, isolation: Isolation) => void
  /** Looks at the files of migrations and seeds again, before the next suites. */
  readonly refresh: () => void
  /** Disposes the suites of all workers. The run stays. */
  readonly close: () => Promise<void>
}

const HOST = '127.0.0.1'
const TOKEN_TIMEOUT_MS = 10_000

/**
 * Serves `run` to other processes of this machine. Suites belong to the connection that opened them: when a worker goes, however it goes,
 * its suites are disposed.
 *
 * @param findStack a stack by its key
 */
export async function serveRun(run: Run, findStack: (key: string) => StackDefinition | undefined): Promise<RunServer> {
  const token = randomBytes(TOKEN_BYTES)
  const connections = new Map<Socket, Promise<void>>()
  const openAnother = async (key: string, isolation: Isolation): Promise<SuiteParts> => {
    const stack = findStack(key)
    if (stack !== undefined) return run.openSuite(stack, isolation)
    throw new HotbedError('ERR_HOTBED_RUN_SERVER', { message: `The run has no stack '${key}'.` })
  }
  const first = createFirstSuites(openAnother)
  const open = (key: string, isolation: Isolation): Promise<SuiteParts> => first.take(key, isolation) ?? openAnother(key, isolation)
  const server = createServer({ noDelay: true }, (socket) => {
    const served = readToken(socket)
      .then((sent) => {
        if (sent !== undefined && timingSafeEqual(sent, token)) return serveWorker(socket, { ready: first.ready, open })
        socket.destroy()
        return undefined
      })
      .finally(() => connections.delete(socket))
    connections.set(socket, served)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, resolve)
  })
  server.unref()
  const { port } = server.address() as AddressInfo
  return {
    address: { port, token: token.toString('hex') },
    prepare: first.prepare,
    refresh: () => {
      run.refresh()
      first.renew()
    },
    close: async () => {
      server.close()
      const served = [...connections.values()]
      for (const socket of connections.keys()) socket.destroy()
      await Promise.all(served)
    },
  }
}

/** The first bytes of a connection; `undefined` when it closes, or says nothing, before they are there. Nothing else is read from strangers. */
function readToken(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (sent: Buffer | undefined): void => {
      socket.off('readable', read)
      socket.setTimeout(0)
      resolve(sent)
    }
    const read = (): void => {
      const sent = socket.read(TOKEN_BYTES) as Buffer | null
      if (sent?.length === TOKEN_BYTES) settle(sent)
    }
    socket.setTimeout(TOKEN_TIMEOUT_MS, () => socket.destroy())
    socket.on('readable', read)
    // An error is followed by `close`.
    socket.on('error', () => {})
    socket.once('close', () => settle(undefined))
  })
}
