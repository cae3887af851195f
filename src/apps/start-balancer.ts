import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { HotbedError } from '../primitives/error.js'
import type { Upstream } from './balancer/balance.js'

/** One address for several instances, in a thread of its own. */
export interface Balancer {
  readonly url: string
  /** Settles when requests go to these, in turn, and to no other. */
  readonly serve: (upstreams: readonly Upstream[]) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startBalancer(): Promise<Balancer> {
  // By the package's own name for it: what runs in the thread is always the built file, also where this one is loaded from source.
  const worker = new Worker(createRequire(import.meta.url).resolve('#balancer-thread'), { name: 'hotbed balancer', execArgv: [] })
  const waiting: ((message: unknown) => void)[] = []
  let failure: HotbedError | undefined
  const next = (): Promise<unknown> => new Promise((resolve) => void waiting.push(resolve))
  const fail = (cause?: unknown): void => {
    failure ??= new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The address of the application has ended.', cause })
    for (const settle of waiting.splice(0)) settle(failure)
  }
  worker.on('message', (message: unknown) => waiting.shift()?.(message))
  worker.on('error', fail)
  worker.on('exit', () => fail())
  const port = await next()
  if (typeof port !== 'number') throw failure ?? new Error('The balancer has no port.')
  worker.unref()
  return {
    url: `http://127.0.0.1:${port}`,
    serve: async (upstreams) => {
      if (failure !== undefined) throw failure
      const served = next()
      worker.ref()
      worker.postMessage(upstreams, [])
      await served
      if (waiting.length === 0) worker.unref()
    },
    close: async () => {
      await worker.terminate()
    },
  }
}
