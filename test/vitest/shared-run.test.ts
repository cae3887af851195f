import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { sweepLeftovers } from '../../src/databases/sweep.js'
import { config, useConsumer, type Project } from './consumer.js'

const consumer = useConsumer()
const STACK = '{ postgres: {}, redis: {}'

afterEach(() => {
  vi.unstubAllEnvs()
})

async function firstColumn(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

test("keep: 'on-failure' leaves the stores of the failed file up, says where they are, and a sweep ends them", async () => {
  const project = consumer.project({
    'vitest.config.ts': config(`${STACK}, keep: 'on-failure' }`),
    'fails.check.ts': `
import { expect, test } from 'hotbed/vitest'
test('fails', async ({ postgres, redis }) => {
  await postgres.query('CREATE TABLE notes AS SELECT 42 AS note')
  await redis.send('SET', 'mine', '1')
  expect(1).toBe(2)
})`,
    'passes.check.ts': `
import { test } from 'hotbed/vitest'
import { report } from './report.js'
test('passes', async ({ postgres, redis }) => report({ database: postgres.database, redis: redis.url }))`,
  })

  const { status, output, reports } = await project.run()

  expect(status).toBe(1)
  expect(output).toContain('hotbed: kept the stores of fails.check.ts')
  expect(output).toContain('They stay up until: npx hotbed clean --kept')
  expect(output.match(/kept the stores/g)).toHaveLength(1)
  const url = /postgres {2}(\S+)/.exec(output)?.[1] ?? ''
  expect(await firstColumn(url, 'SELECT note FROM notes')).toBe(42)
  expect(await firstColumn(url, `SELECT count(*)::int FROM pg_database WHERE datname = '${reports[0]?.['database']}'`)).toBe(0)

  vi.stubEnv('HOTBED_RUN_DIRECTORY', project.runs)
  await sweepLeftovers()
  expect(await firstColumn(url, 'SELECT note FROM notes'), 'a sweep leaves alone what is kept').toBe(42)
  await sweepLeftovers({ kept: true })
  await expect(firstColumn(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  await expect.poll(project.leftovers).toEqual([])
})

test("keep: 'on-failure' with scope 'test' keeps the suite of the failed test", async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: {}, scope: 'test', keep: 'on-failure' }"),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
test('passes', ({ postgres }) => { void postgres })
test('fails here', async ({ postgres }) => {
  await postgres.query('CREATE TABLE notes AS SELECT 42 AS note')
  expect(1).toBe(2)
})`,
  })

  const { output } = await project.run()

  expect(output.match(/kept the stores of .*/g)).toEqual(['kept the stores of fails here'])
  expect(await firstColumn(/postgres {2}(\S+)/.exec(output)?.[1] ?? '', 'SELECT note FROM notes')).toBe(42)
  vi.stubEnv('HOTBED_RUN_DIRECTORY', project.runs)
  await sweepLeftovers({ kept: true })
  await expect.poll(project.leftovers).toEqual([])
})

test("keep: 'on-failure' keeps nothing of a run that passes", async () => {
  const project = consumer.project({
    'vitest.config.ts': config(`${STACK}, keep: 'on-failure' }`),
    'a.check.ts': "import { test } from 'hotbed/vitest'\ntest('passes', ({ suite }) => { void suite })",
  })

  const { output } = await project.run()

  expect(output).not.toContain('hotbed:')
  expect(project.leftovers()).toEqual([])
})

test('summary: true prints what was started and how long each step took', async () => {
  const project = consumer.project({
    'vitest.config.ts': config(`${STACK}, summary: true }`),
    'a.check.ts': "import { test } from 'hotbed/vitest'\ntest('passes', ({ suite }) => { void suite })",
  })

  const { output } = await project.run()

  expect(output).toContain('hotbed: where the time went')
  expect(output).toMatch(/start postgres .* +\d+\.\d ms/)
  expect(output).toMatch(/start redis .* +\d+\.\d ms/)
  expect(output).toMatch(/clone .* +\d+\.\d ms/)
})

/** A run in the middle of a test, with all servers up. */
function interruptible(): Project {
  return consumer.project({
    'vitest.config.ts': config(`${STACK} }`, 'testTimeout: 60_000'),
    'a.check.ts': `
import { writeSync } from 'node:fs'
import { test } from 'hotbed/vitest'
import { report } from './report.js'
test('is in the middle', async ({ postgres, redis }) => {
  await postgres.query('CREATE TABLE notes (text text)')
  await redis.send('SET', 'mine', '1')
  report({ port: postgres.dataDirectory })
  console.log('IN THE MIDDLE')
  if (process.env.FINISH === undefined) await new Promise((resolve) => setTimeout(resolve, 60_000))
})`,
  })
}

test.each([
  ['Ctrl-C', (group: number) => void process.kill(-group, 'SIGINT')],
  ['Ctrl-C twice', (group: number) => [process.kill(-group, 'SIGINT'), process.kill(-group, 'SIGINT')]],
  ['SIGTERM', (group: number) => void process.kill(group, 'SIGTERM')],
  ['SIGKILL of the main process', (group: number) => void process.kill(group, 'SIGKILL')],
  ['SIGKILL of all', (group: number) => void process.kill(-group, 'SIGKILL')],
])('after %s nothing is left, and the next run works', async (_, interrupt) => {
  const project = interruptible()
  const run = project.start()
  await run.says('IN THE MIDDLE')
  expect(project.leftovers()).not.toEqual([])

  interrupt(Number(run.process.pid))
  await run.ended

  await expect.poll(project.leftovers, { timeout: 20_000 }).toEqual([])
  const next = await project.run([], { FINISH: '1' })
  expect(next.output).toContain('1 passed')
  expect(next.status).toBe(0)
  expect(project.leftovers()).toEqual([])
})

test('a worker that is killed loses its suite, and the other files pass', async () => {
  const project = consumer.project({
    'vitest.config.ts': config(`${STACK} }`),
    'a.check.ts': `
import { test } from 'hotbed/vitest'
import { report } from './report.js'
test('kills its worker', async ({ postgres }) => {
  report({ database: postgres.database })
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
})`,
    'b.check.ts': `
import { readFileSync } from 'node:fs'
import { vi } from 'vitest'
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('does not find its database', { timeout: 10_000 }, async ({ postgres }) => {
  const killed = await vi.waitFor(() => JSON.parse(readFileSync('reports.jsonl', 'utf8')).database, 5_000)
  const query = async () => (await postgres.query('SELECT 1 FROM pg_database WHERE datname = $1', [killed])).rows.length
  await expect.poll(query, { timeout: 4_000 }).toBe(0)
  report({ killed })
})`,
  })

  const { status, output, reports } = await project.run(['--maxWorkers=2', '--pool=forks'])

  expect(status).toBe(1)
  expect(output).toContain('1 passed')
  expect(output).toContain('Worker')
  expect(reports).toHaveLength(2)
  expect(reports[1]?.['killed']).toBe(reports[0]?.['database'])
  expect(project.leftovers()).toEqual([])
})
