import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

test.each([[[]], [['--no-isolate', '--maxWorkers=1']]])(
  'a test has the clock of its suite, and the next file begins with the time of the machine, with %j',
  async (args) => {
    const check = `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
const date = Date
test('moves the time', async ({ clock, redis, suite }) => {
  expect(clock).toBe(suite.clock)
  await redis.send('SET', 'a', '1', 'EX', 60)
  const before = Date.now()
  const jump = await clock.advance('5m')
  expect(await redis.send('GET', 'a')).toBe(null)
  expect(Date.now() - before).toBeGreaterThanOrEqual(300_000)
  report({ isNative: date.toString() === 'function Date() { [native code] }', ahead: jump.aheadMs, keys: await redis.send('DBSIZE') })
})`
    const project = consumer.project({ 'vitest.config.ts': config('{ redis: {} }'), 'a.check.ts': check, 'b.check.ts': check })

    const { output, status, reports } = await project.run(args)

    expect(output).toContain('2 passed')
    expect(status).toBe(0)
    expect(reports.map(({ isNative, ahead, keys }) => [isNative, ahead, keys])).toEqual([
      [true, 300_000, 0],
      [true, 300_000, 0],
    ])
    expect(project.leftovers()).toEqual([])
  },
)

test("with scope 'test' each test begins with the time of the machine, and timers of the libraries named move", async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ redis: {}, scope: 'test', clock: { timers: ['breaker'] } }"),
    'node_modules/breaker/package.json': '{ "name": "breaker", "type": "module", "exports": "./index.js" }',
    'node_modules/breaker/index.js': 'export const trip = (run) => setTimeout(run, 30_000)',
    'a.check.ts': `
import { expect, test } from 'hotbed/vitest'
import { trip } from 'breaker'
for (const name of ['one', 'two']) {
  test(name, async ({ clock }) => {
    expect(Math.abs(Date.now() - clock.now())).toBeLessThan(1000)
    expect(String(Date)).toBe('function Date() { [native code] }')
    let halfOpen = false
    trip(() => (halfOpen = true))
    await clock.advance('30s')
    expect(halfOpen).toBe(true)
  })
}`,
  })

  const { output, status } = await project.run()

  expect(output).toContain('2 passed')
  expect(status).toBe(0)
})

test('a wrong option is refused in the config', async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ redis: {}, clock: { timer: ['opossum'] } }"),
    'a.check.ts': "import { test } from 'hotbed/vitest'\ntest('never', () => {})",
  })
  const { output } = await project.run()
  expect(output).toContain("clock has no option 'timer'. [ERR_HOTBED_OPTION]")
})
