import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { watchLibraryTimers, type LibraryTimers } from '../../src/clock/library-timers.js'
import { startSuite } from '../../src/index.js'
import { makePlace } from '../servers/postgres/place.js'

/** A package as a project has them: a circuit breaker that half-opens by a timer, as opossum does, and what else a library does with timers. */
interface Breaker {
  readonly trip: (afterMs: number, onHalfOpen: () => void) => NodeJS.Timeout
  readonly clear: (timer: NodeJS.Timeout) => void
  readonly poll: (everyMs: number, run: () => void) => NodeJS.Timeout
}

const HOUR = 3_600_000
const native = { setTimeout, setInterval }
let breaker: Breaker
let other: Breaker
let timers: LibraryTimers
const open: NodeJS.Timeout[] = []

const install = async (name: string): Promise<Breaker> => {
  const directory = join(makePlace().directory, 'node_modules', name)
  mkdirSync(join(directory, 'lib'), { recursive: true })
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module' }))
  writeFileSync(join(directory, 'lib', 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(directory, 'lib', 'index.js'),
    `export const trip = (ms, run) => setTimeout(run, ms)
export const clear = (timer) => clearTimeout(timer)
export const poll = (ms, run) => setInterval(run, ms)`,
  )
  return (await import(/* @vite-ignore */ pathToFileURL(join(directory, 'lib', 'index.js')).href)) as Breaker
}

beforeAll(async () => {
  breaker = await install('breaker')
  other = await install('@acme/other')
})
afterEach(() => {
  timers.remove()
  for (const timer of open.splice(0)) clearTimeout(timer)
  expect({ setTimeout, setInterval }).toEqual(native)
})

const watch = (...packages: readonly string[]): LibraryTimers => (timers = watchLibraryTimers(packages))
const trip = (by: Breaker, ms: number, run: () => void): NodeJS.Timeout => {
  const timer = by.trip(ms, run)
  open.push(timer)
  return timer
}

test('a timer of the library that is due after the jump has run when it settles; others wait on', async () => {
  const ran: string[] = []
  watch('breaker')
  trip(breaker, 30_000, () => ran.push('half-open'))
  trip(breaker, 20_000, () => ran.push('earlier'))
  trip(breaker, HOUR, () => ran.push('late'))
  trip(other, 30_000, () => ran.push('other'))
  open.push(setTimeout(() => ran.push('own'), 30_000))

  expect(await timers.advance(29_000)).toEqual({ fired: 1, moved: 2 })
  expect(ran).toEqual(['earlier'])
  expect(await timers.advance(1_000)).toEqual({ fired: 1, moved: 1 })
  expect(ran).toEqual(['earlier', 'half-open'])
  expect(await timers.advance(HOUR)).toEqual({ fired: 1, moved: 0 })
  expect(ran).toEqual(['earlier', 'half-open', 'late'])
})

test('what has been cleared does not run, also when what ran before it clears it', async () => {
  const ran: string[] = []
  watch('breaker', '@acme/other')
  breaker.clear(trip(breaker, 1_000, () => ran.push('cleared')))
  const later = trip(other, 3_000, () => ran.push('cleared by the first'))
  trip(breaker, 2_000, () => {
    ran.push('first')
    other.clear(later)
  })
  expect(await timers.advance(5_000)).toEqual({ fired: 1, moved: 0 })
  expect(ran).toEqual(['first'])
})

test('an interval fires once, as after the sleep of a laptop, and goes on with its own period', async () => {
  let polls = 0
  watch('breaker')
  const timer = breaker.poll(60_000, () => (polls += 1))
  open.push(timer)
  expect(await timers.advance(300_000)).toEqual({ fired: 1, moved: 0 })
  expect(polls).toBe(1)
  expect(await timers.advance(30_000)).toEqual({ fired: 0, moved: 1 })
  expect(await timers.advance(30_000)).toEqual({ fired: 1, moved: 0 })
  expect(polls).toBe(2)
})

test('a timer that is refreshed starts anew with its own delay', async () => {
  const ran: string[] = []
  watch('breaker')
  const timer = trip(breaker, 60_000, () => ran.push('ran'))
  await timers.advance(50_000)
  timer.refresh()
  expect(await timers.advance(50_000)).toEqual({ fired: 0, moved: 1 })
  expect(await timers.advance(10_000)).toEqual({ fired: 1, moved: 0 })
  timer.refresh()
  expect(await timers.advance(60_000)).toEqual({ fired: 1, moved: 0 })
  expect(ran).toEqual(['ran', 'ran'])
})

test('what is not the library keeps its timers as they are: promisified ones, unref, wrong arguments', async () => {
  watch('breaker')
  expect(await promisify(setTimeout)(1, 'value')).toBe('value')
  expect(
    trip(breaker, HOUR, () => {})
      .unref()
      .hasRef(),
  ).toBe(false)
  expect(() => breaker.trip(1, 'no function' as never)).toThrow(TypeError)
  expect(await new Promise((resolve) => void setTimeout(resolve, 1, 'given'))).toBe('given')
})

test('many timers that were cleared are not kept', async () => {
  watch('breaker')
  for (let index = 0; index < 3_000; index += 1) breaker.clear(breaker.trip(HOUR, () => {}))
  trip(breaker, HOUR, () => {})
  expect(await timers.advance(1)).toEqual({ fired: 0, moved: 1 })
})

test('a suite whose clock names lru-cache purges what has expired by itself', async () => {
  timers = watchLibraryTimers(['nobody'])
  timers.remove()
  await using suite = await startSuite({ redis: {} }, { clock: { timers: ['lru-cache'] } })
  const gone: string[] = []
  const cache = new LRUCache<string, string>({ max: 10, ttl: 60_000, ttlAutopurge: true, dispose: (_, key) => void gone.push(key) })
  cache.set('a', '1')

  const jump = await suite.clock.advance('61s')

  expect(gone).toEqual(['a'])
  expect(jump.timers).toEqual({ fired: 1, moved: 0 })
  expect(String(jump)).toContain('  timers: 1 fired, 0 moved')
  await suite.dispose()
  expect(setTimeout).toBe(native.setTimeout)
})

test.each<[unknown, string]>([
  [{ timers: 'opossum' }, `Option 'timers' must be a list of package names, such as ['opossum'], but is "opossum".`],
  [{ timers: [] }, "Option 'timers' must be a list of package names, such as ['opossum'], but is an array of 0."],
  [{ timer: ['opossum'] }, "clock has no option 'timer'. [ERR_HOTBED_OPTION]\n  → Did you mean 'timers'?"],
  [7, "Option 'clock' must be an object such as { timers: ['opossum'] }, but is 7."],
])('the option clock: %j is refused', async (clock, message) => {
  await expect(startSuite({ redis: {} }, { clock: clock as {} })).rejects.toThrow(message)
})

test('faked timers cannot be told apart', () => {
  vi.useFakeTimers()
  try {
    expect(() => watchLibraryTimers(['opossum'])).toThrow(
      'setTimeout is faked, so the timers of opossum cannot be told apart from others. [ERR_HOTBED_CLOCK]',
    )
  } finally {
    vi.useRealTimers()
  }
})
