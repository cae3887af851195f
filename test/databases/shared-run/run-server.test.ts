import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRun, type Run } from '../../../src/databases/run.js'
import { connectRun, type RunClient } from '../../../src/databases/shared-run/run-client.js'
import { serveRun, type RunServer } from '../../../src/databases/shared-run/run-server.js'
import type { StackDefinition } from '../../../src/databases/stack.js'

const STACKS: ReadonlyMap<string, StackDefinition> = new Map([
  ['both', { postgres: {}, redis: {} }],
  ['redis', { redis: {} }],
])

let run: Run
let server: RunServer
let client: RunClient

beforeAll(async () => {
  run = createRun()
  server = await serveRun(run, (key) => STACKS.get(key))
  client = await connectRun(server.address)
})

afterAll(async () => {
  client.close()
  await server.close()
  await run.close()
})

/** How many databases of suites have one of these names. */
async function countDatabases(names: readonly string[]): Promise<unknown> {
  const suite = await client.openSuite('both', 'clone')
  const { rows } = await suite.verbs.query('SELECT count(*)::int AS found FROM pg_database WHERE datname = ANY ($1)', [names])
  await suite.verbs.dispose()
  return rows[0]?.['found']
}

test('a suite works from the other end as it does in the run: values keep their types', async () => {
  const suite = await client.openSuite('both', 'clone')

  const { rows, command } = await suite.verbs.query('SELECT $1::timestamptz AS at, $2::bytea AS bytes, NULL AS nothing', [
    new Date(0),
    Buffer.from([0, 255]),
  ])
  await suite.verbs.send(['SET', Buffer.from([1, 2]), 'value'])

  expect(rows).toEqual([{ at: new Date(0), bytes: Buffer.from([0, 255]), nothing: null }])
  expect(command).toBe('SELECT')
  expect(await suite.verbs.send(['GET', Buffer.from([1, 2])])).toBe('value')
  await suite.verbs.reset()
  expect(await suite.verbs.send(['DBSIZE'])).toBe(0)
  await suite.verbs.dispose()
  await expect(suite.verbs.query('SELECT 1', undefined)).rejects.toThrow('[ERR_HOTBED_DISPOSED]')
})

test('an error has its fields, and the stack of whoever asked', async () => {
  const suite = await client.openSuite('both', 'clone')

  const error: unknown = await suite.verbs.query('SELECT 1 +', undefined).catch((caught: unknown) => caught)

  expect(error).toMatchObject({ code: '42601', position: '11' })
  expect(error).toHaveProperty('stack', expect.stringMatching(/syntax error at end of input\n[^\n]*run-server\.test\.ts/))
  await suite.verbs.dispose()
})

test('a parameter that cannot travel is refused, and the connection still works', async () => {
  const suite = await client.openSuite('redis', 'clone')

  await expect(suite.verbs.send(['SET', (() => {}) as unknown as string])).rejects.toThrow('could not be cloned')

  expect(await suite.verbs.send(['PING'])).toBe('PONG')
  await suite.verbs.dispose()
})

test('suites end with the connection that opened them', async () => {
  const worker = await connectRun(server.address)
  const suites = [await worker.openSuite('both', 'clone'), await worker.openSuite('both', 'clone')]
  const names = suites.map(({ facts }) => facts.postgres?.database ?? '')
  expect(await countDatabases(names)).toBe(2)

  worker.close()

  await expect.poll(() => countDatabases(names)).toBe(0)
})

test('a suite whose worker goes while it is opened does not stay', async () => {
  const worker = await connectRun(server.address)
  const before = run.steps().length
  const opening = worker.openSuite('both', 'clone')
  // The question is on its way, the answer is not.
  worker.close()
  await expect(opening).rejects.toThrow('[ERR_HOTBED_RUN_SERVER]')
  await expect.poll(() => run.steps().length).toBeGreaterThan(before)

  const suite = await client.openSuite('both', 'clone')
  const mine = suite.facts.postgres?.database
  const names = async (): Promise<unknown> => {
    const { rows } = await suite.verbs.query(
      "SELECT datname FROM pg_database d WHERE datname LIKE 'suite%' AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)",
      undefined,
    )
    return rows
  }
  await expect.poll(names).toEqual([{ datname: mine }])
  await suite.verbs.dispose()
})

test('a stack that is not there is refused', async () => {
  await expect(client.openSuite('nothing', 'clone')).rejects.toThrow("The run has no stack 'nothing'. [ERR_HOTBED_RUN_SERVER]")
})

test('the first suite is opened ahead and handed out once; one that nobody takes is replaced', async () => {
  const others = await serveRun(run, (key) => STACKS.get(key))
  const worker = await connectRun(others.address)
  others.prepare('both', 'clone')
  await worker.ready('both')
  const steps = run.steps().length

  const first = await worker.openSuite('both', 'clone')
  expect(run.steps(), 'no step was needed to hand it out').toHaveLength(steps)
  const second = await worker.openSuite('both', 'clone')
  expect(second.facts.postgres?.database).not.toBe(first.facts.postgres?.database)

  others.refresh()
  await worker.ready('both')
  others.refresh()
  await worker.ready('both')
  const third = await worker.openSuite('both', 'clone')
  const names = [first, second, third].map(({ facts }) => facts.postgres?.database ?? '')
  expect(new Set(names).size).toBe(3)
  worker.close()
  await others.close()
  expect(await countDatabases(names)).toBe(0)
})

test('whoever does not know the token is shown the door, before anything that was sent is read', async () => {
  const { port } = server.address
  const stranger = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  stranger.on('data', (chunk: Buffer) => received.push(chunk))

  stranger.write(Buffer.alloc(64, 1))
  await once(stranger, 'close')

  expect(received).toEqual([])
  const liar = await connectRun({ port, token: '00'.repeat(32) })
  await expect(liar.openSuite('redis', 'clone')).rejects.toThrow('[ERR_HOTBED_RUN_SERVER]')
})

test('when the run goes, open questions fail at once, later ones too, and so does a new connection', async () => {
  const others = await serveRun(run, (key) => STACKS.get(key))
  const worker = await connectRun(others.address)
  const suite = await worker.openSuite('both', 'clone')
  const sleeping = suite.verbs.query('SELECT pg_sleep(60)', undefined).catch((error: unknown) => String(error))

  await others.close()

  expect(await sleeping).toContain('The connection to the test run that owns the servers was lost. [ERR_HOTBED_RUN_SERVER]')
  await expect(suite.verbs.query('SELECT 1', undefined)).rejects.toThrow('[ERR_HOTBED_RUN_SERVER]')
  await expect(connectRun(others.address)).rejects.toThrow('[ERR_HOTBED_RUN_SERVER]')
})
