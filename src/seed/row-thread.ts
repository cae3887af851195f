import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { debug } from '../primitives/debug.js'
import type { MakerTask } from './generator.js'
import { READY, type RowsAnswer, type RowsRequest } from './serve-rows.js'

/** Asked for at a time, so that the thread never waits for the next. */
const REQUESTS = 2

/** A worker thread that makes rows. */
export interface RowThread {
  /** True when it is up and would have nothing to do soon. */
  readonly isFree: () => boolean
  readonly ask: (request: RowsRequest) => void
  readonly end: () => Promise<void>
}

const ENTRY = new URL('./serve-rows.js', import.meta.url)

/** False where the file of the threads is not beside this one, as in a bundle. */
export function canStartRowThreads(): boolean {
  return ENTRY.protocol === 'file:' && existsSync(fileURLToPath(ENTRY))
}

/**
 * @param onFree told when it is up, and after each answer
 * @param onAnswer told of rows; of none when the thread has ended before it made them
 */
export function startRowThread(tasks: readonly MakerTask[], onFree: () => void, onAnswer: (answer: RowsAnswer) => void): RowThread {
  const asked = new Map<number, RowsRequest>()
  let isUp = false
  const worker = new Worker(`import(${JSON.stringify(ENTRY.href)}).then(({ serveRows }) => serveRows(${JSON.stringify(tasks)}))`, {
    eval: true,
  })
  worker.on('message', (message: typeof READY | RowsAnswer) => {
    if (message === READY) isUp = true
    else {
      asked.delete(message.fromRow)
      onAnswer(message)
    }
    onFree()
  })
  // What ails it is found by the loading thread as well, which then makes its rows and can say which row it is.
  worker.on('error', (error) => debug('a thread of each() failed: %o', error))
  worker.on('exit', () => {
    isUp = false
    for (const request of asked.values()) onAnswer({ ...request, values: tasks.map(() => []) })
    asked.clear()
  })
  return {
    isFree: () => isUp && asked.size < REQUESTS,
    ask: (request) => {
      asked.set(request.fromRow, request)
      worker.postMessage(request, [])
    },
    end: async () => void (await worker.terminate()),
  }
}
