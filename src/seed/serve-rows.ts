import { parentPort } from 'node:worker_threads'
import { createDraws } from '../primitives/random.js'
import { loadFaker } from './faker.js'
import type { MakerTask } from './generator.js'
import { plainValue } from './generators/plain-value.js'
import { loadMakerModule } from './maker-module.js'

/** Sent to a worker thread, first. */
export interface RowsRequest {
  readonly fromRow: number
  /** Not included. */
  readonly toRow: number
}

/** The answer: one list for each task. A list that is shorter than asked for ends before a row that could not be made. */
export interface RowsAnswer extends RowsRequest {
  readonly values: readonly (readonly unknown[])[]
}

/** What a worker thread says when it can make rows. */
export const READY = 'ready'

/** Runs in a worker thread: makes the rows it is asked for, until it is ended. */
export async function serveRows(tasks: readonly MakerTask[]): Promise<void> {
  const { createRowFaker } = await loadFaker()
  const makers = await Promise.all(
    tasks.map(async ({ url, key, epochMs }) => ({
      make: (await loadMakerModule(url)).make,
      rowFaker: createRowFaker(createDraws(key), epochMs),
    })),
  )
  parentPort?.on('message', ({ fromRow, toRow }: RowsRequest) => {
    const values = makers.map(({ make, rowFaker: { faker, standAt } }) => {
      const made: unknown[] = []
      try {
        for (let row = fromRow; row < toRow; row += 1) {
          standAt(row)
          made.push(plainValue(make(faker, row) ?? null))
        }
      } catch {
        // The loading thread makes this row again, and says what is wrong with it.
      }
      return made
    })
    parentPort?.postMessage({ fromRow, toRow, values } satisfies RowsAnswer, [])
  })
  parentPort?.postMessage(READY, [])
}
