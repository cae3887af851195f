import { expect, test } from 'vitest'
import { createTest } from '../../src/vitest/create-test.js'
import { useConsumer } from './consumer.js'

const consumer = useConsumer()
const PLAIN_CONFIG = "export default { test: { include: ['*.check.ts'] } }"

test.each([[[]], [['--no-isolate', '--maxWorkers=1']]])(
  'tests have stores without the plugin, and nothing is left after, with %j',
  async (args) => {
    const check = `
import pg from 'pg'
import { createTest, expect } from 'hotbed/vitest'
import { report } from './report.js'
const test = createTest({ postgres: { migrations: './migrations' }, redis: {} })
  .extend('pool', { scope: 'file' }, async ({ suite }, { onCleanup }) => {
    const pool = new pg.Pool({ connectionString: suite.postgres.url })
    onCleanup(() => pool.end())
    return pool
  })
test('writes', async ({ pool, redis }) => {
  await pool.query("INSERT INTO notes VALUES ('mine')")
  await redis.send('SET', 'mine', '1')
})
test('reads in the same file', async ({ pool, postgres, redis }) => {
  const { rows } = await pool.query('SELECT count(*)::int AS notes FROM notes')
  report({ database: postgres.database, notes: rows[0].notes, keys: await redis.send('DBSIZE') })
})`
    const project = consumer.project({
      'vitest.config.ts': PLAIN_CONFIG,
      'migrations/1.sql': 'CREATE TABLE notes (text text NOT NULL)',
      'a.check.ts': check,
      'b.check.ts': check,
    })

    const { status, output, reports } = await project.run(args)

    expect(output).toContain('4 passed')
    expect(status).toBe(0)
    expect(reports.map(({ notes, keys }) => [notes, keys])).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(project.leftovers()).toEqual([])
  },
)

test("with scope 'test' every test has a suite of its own, and a store that is not in the stack is undefined", async () => {
  const project = consumer.project({
    'vitest.config.ts': PLAIN_CONFIG,
    'a.check.ts': `
import { createTest, expect } from 'hotbed/vitest'
import { report } from './report.js'
const test = createTest({ redis: {} }, { scope: 'test' })
for (const name of ['one', 'two']) {
  test(name, async ({ suite, postgres, redis }) => {
    expect([suite.postgres, postgres]).toEqual([undefined, undefined])
    report({ keys: await redis.send('DBSIZE') })
    await redis.send('SET', 'mine', '1')
  })
}`,
  })

  const { status, reports } = await project.run()

  expect(status).toBe(0)
  expect(reports.map(({ keys }) => keys)).toEqual([0, 0])
  expect(project.leftovers()).toEqual([])
})

test('a wrong stack or option is refused where it stands', () => {
  expect(() => createTest({})).toThrow('The stack')
  // @ts-expect-error an option that does not exist
  expect(() => createTest({ redis: {} }, { isolaton: 'clone' })).toThrow(
    "createTest() has no option 'isolaton'. [ERR_HOTBED_OPTION]\n  → Did you mean 'isolation'?",
  )
  // @ts-expect-error a value that does not exist
  expect(() => createTest({ redis: {} }, { scope: 'worker' })).toThrow("Option 'scope' must be 'file' or 'test', but is \"worker\".")
  // @ts-expect-error a value that does not exist
  expect(() => createTest({ redis: {} }, { isolation: 'none' })).toThrow(
    "Option 'isolation' must be 'clone', 'server' or 'rollback', but is \"none\".",
  )
})
