import { connect, type Socket } from 'node:net'
import { HotbedError } from '../../primitives/error.js'
import { openMessageChannel } from '../../primitives/message-channel.js'
import { unpackError } from '../../primitives/portable-error.js'
import type { Isolation, SuiteFacts, SuiteParts, SuiteVerbs } from '../suite-parts.js'
import { SUITE_VERBS, type RunAddress, type RunReply, type RunRequest } from './protocol.js'

/** A run in another process. */
export interface RunClient {
  /** Settles when the servers of a stack have been started and its template is there, or that has failed. */
  readonly ready: (stack: string) => Promise<void>
  readonly openSuite: (stack: string, isolation: Isolation) => Promise<SuiteParts>
  /** Ends the connection, and with it every suite that was opened here. */
  readonly close: () => void
}

interface Waiter {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What is asked, without the number that the reply will carry. */
type Question = RunRequest extends infer Request ? (Request extends unknown ? Omit<Request, 'id'> : never) : never

/**
 * Connects to what `serveRun` serves. Loads no database client.
 *
 * @throws {HotbedError} `ERR_HOTBED_RUN_SERVER` when nobody answers, or when the run goes while something is asked of it
 */
export async function connectRun(address: RunAddress): Promise<RunClient> {
  const socket = await openConnection(address)
  const waiting = new Map<number, Waiter>()
  let lastId = 0
  let isClosed = false
  const channel = openMessageChannel(socket, (message) => {
    const reply = message as RunReply
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (waiting.size === 0) socket.unref()
    if ('error' in reply) waiter?.reject(unpackError(reply.error))
    else waiter?.resolve(reply.value)
  })
  void channel.closed.then(() => {
    isClosed = true
    for (const { reject } of waiting.values()) reject(lostError())
    waiting.clear()
  })
  // Only an open question keeps the process alive.
  socket.unref()

  const ask = async (question: Question): Promise<unknown> => {
    if (isClosed) throw lostError()
    const id = (lastId += 1)
    channel.send({ id, ...question })
    socket.ref()
    return new Promise((resolve, reject) => void waiting.set(id, { resolve, reject }))
  }
  return {
    ready: async (stack) => void (await ask({ ready: { stack } })),
    openSuite: async (stack, isolation) => {
      const { suite, facts } = (await ask({ open: { stack, isolation } })) as { readonly suite: number; readonly facts: SuiteFacts }
      const verbs = SUITE_VERBS.map((verb) => {
        const act = (...params: readonly unknown[]): Promise<unknown> => {
          const caller: { stack?: string } = {}
          Error.captureStackTrace(caller, act)
          return ask({ suite, verb, params }).catch((error: unknown) => {
            throw comingFrom(error, caller.stack)
          })
        }
        return [verb, act]
      })
      return { facts, verbs: Object.fromEntries(verbs) as SuiteVerbs }
    },
    close: channel.close,
  }
}

async function openConnection({ port, token }: RunAddress): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(lostError(error)))
  })
  socket.write(Buffer.from(token, 'hex'))
  return socket
}

/** The stack of the run's process says nothing to whoever wrote the test: the call in the test does. */
function comingFrom(error: unknown, stack: string | undefined): unknown {
  if (error instanceof Error && stack !== undefined) {
    error.stack = `${error.name}: ${error.message}\n${stack.slice(stack.indexOf('\n') + 1)}`
  }
  return error
}

function lostError(cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_RUN_SERVER', {
    message: 'The connection to the test run that owns the servers was lost.',
    remedy: 'The main process of the runner has ended or was killed; start the tests again.',
    cause,
  })
}
