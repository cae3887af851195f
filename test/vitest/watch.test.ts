import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

/** `vitest --watch`, without a terminal, ended by a message. */
const WATCH = `
import { startVitest } from 'vitest/node'
const vitest = await startVitest('test', [], { watch: true })
process.on('message', async () => {
  await vitest.close()
  process.exit()
})
`

test('in watch mode reruns use the same server, and see migrations that have changed', async () => {
  const check = (text: string): string => `
import { test } from 'hotbed/vitest'
import { report } from './report.js'
test('tells', async ({ postgres, redis }) => {
  const { rows } = await postgres.query("SELECT string_agg(attname, ' ' ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attnum > 0")
  report({ text: '${text}', port: postgres.dataDirectory, database: postgres.database, columns: rows[0].columns, keys: await redis.send('DBSIZE') })
  await redis.send('SET', 'mine', '1')
})`
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: { migrations: './migrations' }, redis: {} }"),
    'watch.mjs': WATCH,
    'migrations/1.sql': 'CREATE TABLE notes (one text)',
    'a.check.ts': check('first'),
  })
  const run = project.start(['watch.mjs'])
  await run.says('Waiting for file changes')

  const rerun = async (files: Readonly<Record<string, string>>): Promise<void> => {
    const from = run.output().length
    project.write(files)
    await run.says('Waiting for file changes', from)
  }
  await rerun({ 'a.check.ts': check('second') })
  project.write({ 'migrations/1.sql': 'CREATE TABLE notes (one text, two text)' })
  await rerun({ 'a.check.ts': check('third') })

  expect(run.output()).not.toContain('failed')
  const reports = project.reports()
  expect(reports.map(({ text, columns, keys }) => [text, columns, keys])).toEqual([
    ['first', 'one', 0],
    ['second', 'one', 0],
    ['third', 'one two', 0],
  ])
  expect(new Set(reports.map(({ database }) => database)).size).toBe(3)
  expect(reports[1]?.['port']).toBe(reports[0]?.['port'])

  run.process.send('end')
  await run.ended
  expect(project.leftovers()).toEqual([])
})
