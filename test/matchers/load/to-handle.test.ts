import pg from 'pg'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type KneeReport, type Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/index.js'
import { messageOf } from '../races/message-of.js'

let suite: Suite<{ postgres: {} }>
let pool: pg.Pool
let knee: KneeReport

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
  const ask = (): Promise<unknown> => pool.query('SELECT pg_sleep(0.02)')
  knee = await suite.findKnee(ask, {
    from: 30,
    upTo: 200,
    factor: 1.98,
    precision: 0.99,
    stepFor: '800ms',
    timeoutMs: 5_000,
    pools: [pool],
  })
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

test('one connection of 20 ms each handles 30 a second and not 120', () => {
  expect(knee).toHandle('1800/min')
  expect(knee).not.toHandle(120)

  const message = messageOf(() => expect(knee).toHandle(120)).split('\n')
  expect(
    message
      .slice(0, 3)
      .join('\n')
      .replaceAll(/[\d.,]+ ?%?/g, 'n '),
  ).toMatchInlineSnapshot(`
    "n /s were expected to holdn 
    ask holds n /s and not n /s
      what gave way: pool: n  of the time went into waiting for a connectionn n at a time for n connections; statements took as long as before"
  `)
  expect(message.at(-1)).toMatch(/^ {2}✗ .*p95 .* ms of .*, event loop .*, postgres .*, pool wait /)
})

test('what was not tried is refused, with and without .not', () => {
  const untried = { ...knee, knee: 20, broke: 30 }
  expect(messageOf(() => expect(untried).toHandle(25))).toContain('Whether 25/s hold was not tried.')
  expect(messageOf(() => expect(untried).not.toHandle(25))).toContain('precision: 0.05')
  expect(messageOf(() => expect({ ...knee, knee: 20, broke: undefined }).toHandle(25))).toContain("{ upTo: '25/s' }")
})

test('what is no knee, and what is no rate', () => {
  expect(messageOf(() => expect([]).toHandle(3))).toContain('toHandle judges the knee of a load, and was given an array of 0.')
  expect(messageOf(() => expect(knee).toHandle('fast'))).toContain("Option 'rate' must be")
})
