import { Writable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { createProgressDisplay, type ProgressStream } from '../../src/seed/progress.js'

/** Keeps what is written; a terminal when asked. */
function createSink(isTTY: boolean): { readonly stream: ProgressStream; readonly text: () => string } {
  let text = ''
  const writable = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString()
      done()
    },
  })
  // Two methods that cli-progress expects of a terminal.
  const terminal = { isTTY, columns: 120, cursorTo: () => true, moveCursor: () => true, clearLine: () => true, clearScreenDown: () => true }
  return { stream: Object.assign(writable, terminal), text: () => text }
}

const event = (table: string, rowsDone: number, rows = 1000) => ({ table, phase: 'rows' as const, rowsDone, rows, bytes: rowsDone * 100 })

describe('The progress display', () => {
  let nowMs = 0
  const now = (): number => nowMs
  beforeEach(() => {
    nowMs = 0
  })

  it.each([true, false])('says nothing of a load under a second (terminal: %s)', async (isTTY) => {
    const { stream, text } = createSink(isTTY)
    const { onProgress, end } = await createProgressDisplay(stream, now)

    nowMs = 999
    onProgress(event('public.users', 1000))
    end()

    expect(text()).toBe('')
  })

  it('writes a line for each table where there is no terminal', async () => {
    const { stream, text } = createSink(false)
    const { onProgress, end } = await createProgressDisplay(stream, now)

    nowMs = 500
    onProgress(event('public.users', 1000))
    nowMs = 1500
    onProgress(event('public.orders', 1_000_000, 2_000_000))
    expect(text()).toBe('public.users: 1,000 rows, 0.1 MB in 500 ms (2,000 rows/s)\n')
    nowMs = 2500
    onProgress(event('public.orders', 2_000_000, 2_000_000))
    onProgress({ table: 'public.orders', phase: 'statistics', rowsDone: 2_000_000, rows: 2_000_000, bytes: 0 })
    end()

    expect(text().split('\n')).toEqual([
      'public.users: 1,000 rows, 0.1 MB in 500 ms (2,000 rows/s)',
      'public.orders: 2,000,000 rows, 200.0 MB in 2 s (1,000,000 rows/s)',
      '',
    ])
  })

  it('draws a bar with rows per second, percent and the time left on a terminal', async () => {
    const { stream, text } = createSink(true)
    const { onProgress, end } = await createProgressDisplay(stream, now)

    nowMs = 2000
    onProgress(event('public.orders', 250))
    end()

    expect(text()).toMatch(/public\.orders █{6}░{18} 25% {2}125 rows\/s {2}6 s left/)
  })
})
