import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { HotbedError } from '../../primitives/error.js'
import { unpackError } from '../../primitives/portable-error.js'
import type { Generator } from '../generator.js'
import type { Tallied } from '../tally.js'
import type { UrlReply, UrlRequest, UrlRun } from './protocol.js'

/**
 * Asks a URL from a thread of its own, over connections that are kept open: on the event loop of the application under test it would measure its own
 * work, and wait with it.
 */
export function createUrlGenerator(request: UrlRequest): Generator {
  // By the package's own name for it: what runs in the thread is always the built file, also where this one is loaded from source.
  const worker = new Worker(createRequire(import.meta.url).resolve('#load-thread'), {
    name: 'hotbed load',
    workerData: request,
    // Options of the process (`--eval`, loaders of a runner) are not meant for it.
    execArgv: [],
  })
  let failure: HotbedError | undefined
  let current:
    | { readonly measuring: () => void; readonly resolve: (tallied: Tallied) => void; readonly reject: (error: unknown) => void }
    | undefined
  worker.on('message', (reply: UrlReply) => {
    if ('measuring' in reply) current?.measuring()
    else if ('error' in reply) current?.reject(unpackError(reply.error))
    else current?.resolve(reply.tallied)
  })
  const fail = (cause?: unknown): void => {
    failure ??= new HotbedError('ERR_HOTBED_COMMAND', { message: 'The thread that makes the requests of the load has ended.', cause })
    current?.reject(failure)
  }
  worker.on('error', fail)
  worker.on('exit', () => fail())
  return {
    target: `${request.method} ${request.origin}${request.path}`,
    place: 'thread',
    run: (schedule, measuring) =>
      new Promise<Tallied>((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        current = { measuring, resolve, reject }
        worker.postMessage({ run: schedule } satisfies UrlRun, [])
      }),
    close: async () => void (await worker.terminate()),
  }
}
