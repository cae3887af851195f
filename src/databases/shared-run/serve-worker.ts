import type { Socket } from 'node:net'
import { debug } from '../../primitives/debug.js'
import { HotbedError } from '../../primitives/error.js'
import { openMessageChannel } from '../../primitives/message-channel.js'
import { packError } from '../../primitives/portable-error.js'
import type { Isolation, SuiteParts } from '../suite-parts.js'
import type { RunReply, RunRequest } from './protocol.js'

/** What a worker can have. */
export interface WorkerOffer {
  readonly ready: (stack: string) => Promise<void>
  readonly open: (stack: string, isolation: Isolation) => Promise<SuiteParts>
}

/** Answers one worker. Settles when it has gone, however it went, and its suites are disposed. */
export async function serveWorker(socket: Socket, offer: WorkerOffer): Promise<void> {
  const suites = new Map<number, Promise<SuiteParts>>()
  let lastSuite = 0
  const answer = async (request: RunRequest): Promise<unknown> => {
    if ('ready' in request) return offer.ready(request.ready.stack)
    if ('open' in request) {
      const suite = (lastSuite += 1)
      const opening = offer.open(request.open.stack, request.open.isolation)
      suites.set(suite, opening)
      return { suite, facts: (await opening).facts }
    }
    const parts = await suites.get(request.suite)
    if (parts === undefined) throw new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The suite has ended and cannot be used any more.' })
    const verb = parts.verbs[request.verb] as (...params: readonly unknown[]) => Promise<unknown>
    const value = await verb(...request.params)
    if (request.verb === 'dispose') suites.delete(request.suite)
    return value
  }
  const channel = openMessageChannel(socket, (message) => {
    const request = message as RunRequest
    const refuse = (error: unknown): void => channel.send({ id: request.id, error: packError(error) } satisfies RunReply)
    answer(request)
      .then((value) => channel.send({ id: request.id, value } satisfies RunReply))
      .catch(refuse)
  })
  await channel.closed
  const ends = await Promise.allSettled([...suites.values()].map(async (opening) => (await opening).verbs.dispose()))
  for (const end of ends) if (end.status === 'rejected') debug('a suite of a worker that has gone was not disposed: %o', end.reason)
}
