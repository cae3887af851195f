import { connect } from 'node:net'
import { HotbedError } from '../../primitives/error.js'
import { openMessageChannel } from '../../primitives/message-channel.js'
import { unpackError } from '../../primitives/portable-error.js'
import type { Isolation, SuiteFacts, SuiteParts, SuiteVerbs } from '../suite-parts.js'
import { SUITE_VERBS, type RunReply, type RunRequest } from './protocol.js'

/** A run in another process. */
export interface RunClient {
  readonly openSuite: (stack: string, isolation?: Isolation) => Promise<SuiteParts>
  readonly close: () => void
}

/**
 * Connects to what `serveRun` serves. Loads no database client.
 *
 * @throws {HotbedError} `ERR_HOTBED_RUN_SERVER` when nobody answers, or when the run goes while something is asked of it
 */
export async function connectRun(address: string): Promise<RunClient> {
  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }>()
  const socket = connect(address)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(lostError(error)))
  })
  const channel = openMessageChannel(socket, (message) => {
    const reply = message as RunReply
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (waiting.size === 0) socket.unref()
    if ('error' in reply) waiter?.reject(unpackError(reply.error))
    else waiter?.resolve(reply.value)
  })
  let isClosed = false
  void channel.closed.then(() => {
    isClosed = true
    for (const { reject } of waiting.values()) reject(lostError())
    waiting.clear()
  })
  // Only an open question keeps the process alive.
  socket.unref()

  let lastId = 0
  const ask = (request: RunRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(lostError())
      waiting.set(request.id, { resolve, reject })
      socket.ref()
      channel.send(request)
    })
  return {
    openSuite: async (stack, isolation = 'clone') => {
      const opened = await ask({ id: (lastId += 1), open: { stack, isolation } })
      const { suite, facts } = opened as { readonly suite: number; readonly facts: SuiteFacts }
      const verbs = Object.fromEntries(
        SUITE_VERBS.map((verb) => [verb, (...params: readonly unknown[]) => ask({ id: (lastId += 1), suite, verb, params })]),
      )
      return { facts, verbs: verbs as unknown as SuiteVerbs }
    },
    close: channel.close,
  }
}

function lostError(cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_RUN_SERVER', {
    message: 'The connection to the test run that owns the servers was lost.',
    remedy: 'The main process of the runner has ended or was killed; start the tests again.',
    cause,
  })
}
