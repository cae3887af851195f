import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../databases/place.js'
import { DIST, leftIn, makeRunParent, makeTemporary, processesOf, SOON, startChild, type Child } from '../primitives/child.js'
import { hasSegment, segmentOf } from '../primitives/shared-memory.js'

let runs: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  runs = makeRunParent()
  env = { HOTBED_RUN_DIRECTORY: runs }
})

function startRun(stack: string, rest = '', more: NodeJS.ProcessEnv = {}): Child {
  return startChild(
    `
    const { startSuite } = await import('${DIST}index.js')
    const { existsSync } = await import('node:fs')
    say('starting')
    const suite = await startSuite(${stack})
    say('answer', JSON.stringify((await suite.postgres.query('SELECT 1 AS one')).rows))
    ${rest}`,
    { env: { ...env, ...more } },
  )
}

async function kill(child: Child): Promise<void> {
  child.kill('SIGKILL')
  await child.ended
}

/** The next run works, and after it nothing is left. */
async function expectHealed(stack: string, more: NodeJS.ProcessEnv = {}): Promise<void> {
  const next = startRun(stack, 'await suite.dispose()', more)
  expect(await next.said('answer')).toBe('[{"one":1}]')
  expect(await next.ended).toMatchObject({ status: 0, stderr: '' })
  await expect.poll(() => leftIn(runs), SOON).toEqual([])
}

/** The segment of the initdb that works for a run in `parent`, once it has one. */
async function segmentUnder(parent: string): Promise<string> {
  let segment: string | undefined
  const look = (): boolean => {
    try {
      for (const name of readdirSync(parent)) segment = segmentOf(join(parent, name, 'postgres', 'initdb'))
    } catch {
      // It is not made yet.
    }
    return segment !== undefined
  }
  await expect.poll(look, SOON).toBe(true)
  return segment ?? ''
}

function posixSegments(): readonly string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith('PostgreSQL.'))
}

function halfBuilt(cache: string): readonly string[] {
  return readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:building|saving|removing)-|\.lock$/.test(name))
}

describe('when the runner is killed', () => {
  test('while a dataset fills the template, the half of it is not taken for the whole', async () => {
    const cache = makeTemporary()
    const folder = makeFolder({
      'schema.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL); CREATE INDEX orders_total ON orders (total);',
      'shop.mjs': `import { defineDataset, derived } from '${DIST}seed/index.js'
        const total = derived(({ row }) => {
          if (row === 100_000) process.stdout.write('loading rows\\n')
          return row % 7
        })
        export const dataset = defineDataset({ tables: { orders: { rows: 300_000, columns: { total } } } })`,
    })
    const stack = `{ postgres: { migrations: '${join(folder, 'schema.sql')}', dataset: '${join(folder, 'shop.mjs')}' } }`
    const child = startRun(stack, '', { HOTBED_CACHE_DIRECTORY: cache })
    await child.said('loading')
    await kill(child)

    const next = startRun(
      stack,
      `say('orders', JSON.stringify((await suite.postgres.query("SELECT count(*)::int AS orders, (SELECT count(*)::int FROM pg_index WHERE indrelid = 'orders'::regclass AND indisready AND indisvalid) AS indexes FROM orders")).rows))
      await suite.dispose()`,
      { HOTBED_CACHE_DIRECTORY: cache },
    )

    expect(await next.said('loading')).toBe('rows')
    expect(await next.said('orders')).toBe('[{"orders":300000,"indexes":2}]')
    expect(await next.ended).toMatchObject({ status: 0, stderr: '' })
    expect(halfBuilt(cache)).toEqual([])
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })

  test('during initdb, initdb goes too, and the next run makes the cluster', async () => {
    const cache = makeTemporary()
    const child = startRun('{ postgres: {} }', '', { HOTBED_CACHE_DIRECTORY: cache })
    await expect.poll(() => processesOf(runs).some((line) => /--no-sync|--boot|--single/.test(line)), SOON).toBe(true)
    const clusters = join(cache, 'clusters')
    const segment = await segmentUnder(runs)
    const before = posixSegments()
    await kill(child)
    await expect.poll(() => processesOf(runs), SOON).toEqual([])
    expect(hasSegment(segment)).toBe(false)
    // Another initdb of this machine may have one for a moment.
    await expect.poll(() => posixSegments().filter((name) => !before.includes(name)), SOON).toEqual([])
    expect(readdirSync(clusters).filter((name) => !/\.building-|\.lock$/.test(name))).toEqual([])

    await expectHealed('{ postgres: {} }', { HOTBED_CACHE_DIRECTORY: cache })

    expect(halfBuilt(cache)).toEqual([])
    expect(readdirSync(clusters)).toHaveLength(1)
  })

  test('while a migration runs, the server and the command go, and the next run migrates', async () => {
    const folder = makeFolder({ 'migrate.sh': `echo $$ > pid; [ -e go ] || exec sleep 1000 # ${randomUUID()}` })
    const stack = `{ postgres: { migrations: { command: 'sh migrate.sh', cwd: ${JSON.stringify(folder)}, inputs: ['*.sh'] } } }`
    const child = startRun(stack)
    await expect.poll(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '', SOON).toBe(true)
    await kill(child)

    await expect.poll(() => [...leftIn(runs), ...processesOf(folder)], SOON).toEqual([])
    writeFileSync(join(folder, 'go'), '')
    await expectHealed(stack)
  })

  test('while suites are open, the servers and their files go at once', async () => {
    const child = startRun(
      '{ postgres: {}, redis: {} }',
      `await startSuite({ postgres: {}, redis: {} }); say('open'); setInterval(() => {}, 1000)`,
    )
    await child.said('open')
    expect(readdirSync(runs)).toHaveLength(2)
    await kill(child)

    await expect.poll(() => leftIn(runs), SOON).toEqual([])
    await expectHealed('{ postgres: {}, redis: {} }')
  })

  test('while a session works, that goes too', async () => {
    const child = startRun(
      '{ postgres: {} }',
      `void suite.postgres.query('SELECT pg_sleep(1000)').catch(() => {}); say('sleeping'); setInterval(() => {}, 1000)`,
    )
    await child.said('sleeping')
    await kill(child)
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })

  test('together with the supervisors, the next run ends the servers', async () => {
    const child = startRun('{ postgres: {} }', `say('pid', process.pid); setInterval(() => {}, 1000)`)
    await child.said('pid')
    const [directory = ''] = readdirSync(runs)
    // Supervisors, their readers and all: only the servers stay.
    child.kill('SIGSTOP')
    for (const line of processesOf(join(runs, directory))) {
      const pid = Number(line.split(':')[0])
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh')) process.kill(pid, 'SIGKILL')
    }
    await kill(child)
    expect(processesOf(runs).length).toBeGreaterThan(0)

    await expectHealed('{ postgres: {} }')
  })
})

describe('nothing is left when a script', () => {
  test.each([
    ['exits without an end of its suite', 'process.exit(3)', 3],
    ['comes to its end without an end of its suite', '', 0],
    ['throws', `throw new Error('bang')`, 1],
  ])('%s', async (_, rest, status) => {
    const child = startRun('{ postgres: {}, redis: {} }', `await suite.redis.send('PING'); await suite.reset(); ${rest}`)
    expect(await child.ended).toMatchObject({ status })
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s twice', async (signal) => {
    const child = startRun('{ postgres: {}, redis: {} }', `say('up'); setInterval(() => {}, 1000)`)
    await child.said('up')
    child.kill(signal)
    child.kill(signal)
    expect(await child.ended).toMatchObject({ signal })
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })

  test('that ends its suite on Ctrl-C gets a second one meanwhile', async () => {
    const child = startRun(
      '{ postgres: {}, redis: {} }',
      `process.once('SIGINT', () => { say('ending'); suite.dispose().then(() => process.exit(0)) }); say('up'); setInterval(() => {}, 1000)`,
    )
    await child.said('up')
    child.kill('SIGINT')
    await child.said('ending')
    child.kill('SIGINT')
    await child.ended
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })
})
