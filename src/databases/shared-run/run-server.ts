import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { openMessageChannel } from '../../primitives/message-channel.js'
import { packError } from '../../primitives/portable-error.js'
import type { Run } from '../run.js'
import type { StackDefinition } from '../stack.js'
import type { SuiteParts } from '../suite-parts.js'
import type { RunReply, RunRequest } from './protocol.js'

/** A run that other processes open suites of. */
export interface RunServer {
  /** What a worker connects to. */
  readonly address: string
  readonly close: () => Promise<void>
}

/**
 * Serves `run` on a unix socket. Suites belong to the connection that opened them: when a worker goes, however it goes, its suites are disposed.
 *
 * @param stacks by key; functions in them cannot travel, so workers name a stack
 */
export async function serveRun(run: Run, stacks: ReadonlyMap<string, StackDefinition>): Promise<RunServer> {
  const address = socketAddress()
  const connections = new Set<Socket>()
  const ending = new Set<Promise<void>>()
  const server = createServer((socket) => {
    connections.add(socket)
    const ended = serveWorker(socket, run, stacks).finally(() => {
      connections.delete(socket)
      ending.delete(ended)
    })
    ending.add(ended)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  server.unref()
  return {
    address,
    close: async () => {
      server.close()
      for (const socket of connections) socket.destroy()
      await Promise.all(ending)
      rmSync(address, { force: true })
    },
  }
}

async function serveWorker(socket: Socket, run: Run, stacks: ReadonlyMap<string, StackDefinition>): Promise<void> {
  const suites: Promise<SuiteParts>[] = []
  const answer = async (request: RunRequest): Promise<unknown> => {
    if ('open' in request) {
      const stack = stacks.get(request.open.stack)
      if (stack === undefined)
        throw new HotbedError('ERR_HOTBED_RUN_SERVER', {
          message: `The run has no stack '${request.open.stack}'.`,
        })
      const opening = run.openSuite(stack, request.open.isolation)
      const suite = suites.push(opening) - 1
      return { suite, facts: (await opening).facts }
    }
    const parts = await suites[request.suite]
    if (parts === undefined)
      throw new HotbedError('ERR_HOTBED_RUN_SERVER', {
        message: `There is no suite ${request.suite} on this connection.`,
      })
    const verb = parts.verbs[request.verb] as (...params: readonly unknown[]) => Promise<unknown>
    return verb(...request.params)
  }
  const channel = openMessageChannel(socket, (message) => {
    const request = message as RunRequest
    answer(request).then(
      (value) => channel.send({ id: request.id, value } satisfies RunReply),
      (error: unknown) => channel.send({ id: request.id, error: packError(error) } satisfies RunReply),
    )
  })
  await channel.closed
  await Promise.allSettled(suites.map(async (opening) => (await opening).verbs.dispose()))
}

/** Short, because the path of a unix socket has about 100 bytes; not guessable, because whoever connects may run SQL as us. */
function socketAddress(): string {
  const name = `hotbed-run-${randomBytes(8).toString('hex')}.sock`
  const path = join(tmpdir(), name)
  return Buffer.byteLength(path) < 100 ? path : join('/tmp', name)
}
