import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChildClocks } from '../../src/clock/child-clocks.js'
import { startSuite, type Suite } from '../../src/index.js'
import { makePlace } from '../servers/postgres/place.js'

let suite: Suite<{ redis: {} }>
let script: string
const children: ChildProcess[] = []

/** Answers each message with its time of day and its `performance.now()`, as JSON. */
const CHILD = `
const atStart = Date.now()
const tell = () => process.send({ atStart, date: Date.now(), day: new Date().getTime(), monotonic: performance.now() })
process.on('message', (message) => {
  if (message === 'block') { const end = process.hrtime.bigint() + 300_000_000n; while (process.hrtime.bigint() < end); return }
  tell()
})
tell()
`

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  script = join(makePlace().directory, 'child.mjs')
  writeFileSync(script, CHILD)
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await suite.dispose()
})

interface Times {
  readonly atStart: number
  readonly date: number
  readonly day: number
  readonly monotonic: number
}

const startChild = async (): Promise<{ child: ChildProcess; first: Times; ask: () => Promise<Times> }> => {
  const child = fork(script, { env: { ...process.env, ...(await suite.clock.env()) }, execArgv: [] })
  children.push(child)
  const next = async (): Promise<Times> => ((await once(child, 'message')) as [Times])[0]
  const first = await next()
  return {
    child,
    first,
    ask: () => {
      child.send('ask')
      return next()
    },
  }
}
const HOUR = 3_600_000
const isNow = (ms: number): boolean => Math.abs(ms - suite.clock.now()) < 30_000

test('a child that runs has followed when the jump settles, and one that starts later begins with it', async () => {
  const early = await startChild()
  expect(early.first.date).toSatisfy(isNow)

  const jump = await suite.clock.advance('1h')
  const after = await early.ask()

  expect(jump.children).toBe(1)
  expect(String(jump)).toContain('  1 child process has followed')
  expect(after.date).toSatisfy(isNow)
  expect(after.day).toSatisfy(isNow)
  expect(after.monotonic - early.first.monotonic).toSatisfy((ms: number) => ms >= HOUR && ms < HOUR + 60_000)
  const late = await startChild()
  expect(late.first.atStart).toSatisfy(isNow)
  expect((await suite.clock.advance('1h')).children).toBe(2)
  for (const { ask, child } of [early, late]) {
    expect((await ask()).date).toSatisfy(isNow)
    child.disconnect()
    // The clock keeps nobody alive.
    expect(await once(child, 'exit')).toEqual([0, null])
  }
  expect((await suite.clock.advance('1h')).children).toBe(0)
})

test('a child that blocks its event loop is waited for', async () => {
  const { child, ask } = await startChild()
  child.send('block')
  const jump = await suite.clock.advance('1h')
  expect(jump.children).toBe(1)
  expect((await ask()).date).toSatisfy(isNow)
  child.kill()
  await once(child, 'exit')
})

test('a child for which this process waits knows the time', async () => {
  const env = { ...process.env, ...(await suite.clock.env()) }
  await suite.clock.advance('1h')
  expect(Number(execFileSync(process.execPath, ['-p', 'Date.now()'], { env, encoding: 'utf8' }))).toSatisfy(isNow)
})

test('one that is killed is not waited for, and one that stands still is named', async () => {
  const clocks = await openChildClocks(0, 300)
  const start = async (): Promise<ChildProcess> => {
    const child = fork(script, { env: { ...process.env, ...clocks.env }, execArgv: [] })
    children.push(child)
    await once(child, 'message')
    return child
  }
  const [killed, stopped] = [await start(), await start()]
  await clocks.set(1)
  killed.kill('SIGKILL')
  stopped.kill('SIGSTOP')
  await expect(clocks.set(2)).rejects.toThrow(
    `Waited 300 ms for child processes to follow the clock, which these did not: ${stopped.pid}. [ERR_HOTBED_TIMEOUT]\n  → A process follows when its event loop turns`,
  )
  stopped.kill('SIGKILL')
  await once(stopped, 'exit')
  expect(await clocks.set(3)).toBe(0)
  await clocks.end()
})

test('a reset brings children back, and their performance.now() goes on', async () => {
  const { ask, child } = await startChild()
  await suite.clock.advance('1h')
  const before = await ask()
  await suite.reset()
  const after = await ask()
  expect(after.date).toSatisfy(isNow)
  expect(after.date).toBeLessThan(before.date)
  expect(after.monotonic).toBeGreaterThan(before.monotonic)
  child.kill()
})

test('nothing is left of it, and who starts too late is told', async () => {
  const other = await startSuite({ redis: {} })
  const { HOTBED_CLOCK: directory = '', NODE_OPTIONS } = await other.clock.env()
  expect(readdirSync(directory)).toContain('offset')
  await other.dispose()
  expect(existsSync(directory)).toBe(false)
  const late = spawn(process.execPath, ['-p', '1'], { env: { ...process.env, HOTBED_CLOCK: directory, NODE_OPTIONS } })
  let said = ''
  late.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await once(late, 'close')).toEqual([1, null])
  expect(said).toContain(`HOTBED_CLOCK names the clock of a suite that has ended: ${directory} [ERR_HOTBED_DISPOSED]`)
})
