import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { matchers } from '../../../src/matchers/index.js'
import { startSuite, type Exploration, type Suite } from '../../../src/index.js'
import { messageOf } from './message-of.js'

expect.extend(matchers)

let suite: Suite<{ postgres: {} }>
let pool: Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  pool = new Pool({ connectionString: suite.postgres.url })
  await suite.postgres.query('CREATE TABLE seats (id int PRIMARY KEY, free int NOT NULL)')
  await suite.postgres.query('INSERT INTO seats VALUES (1, 1)')
})
afterAll(async () => {
  await pool.end()
  await suite.dispose()
})

async function buyUnlocked(): Promise<void> {
  const { rows } = await pool.query<{ free: number }>('SELECT free FROM seats WHERE id = 1')
  if ((rows[0]?.free ?? 0) > 0) await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1')
}

async function buyAtomically(): Promise<void> {
  await pool.query('UPDATE seats SET free = free - 1 WHERE id = 1 AND free > 0')
}

const explore = (buy: () => Promise<void>, more: object = {}): Promise<Exploration<void>> =>
  suite.explore([buy, buy], {
    before: () => suite.postgres.query('UPDATE seats SET free = 1'),
    invariant: 'SELECT free >= 0, free FROM seats',
    seed: 7,
    runs: 40,
    ...more,
  })

test('a seat that is sold twice is shown by the shortest sequence', async () => {
  const exploration = await explore(buyUnlocked)

  expect(exploration).not.toPreserve()
  expect(messageOf(() => expect(exploration).toPreserve())).toMatchInlineSnapshot(`
    "The invariant did not hold in run 2, expected it to in every interleaving.
      2 runs of 2 participants, 2 interleavings, seed 7; 5 looks at the invariant
      the invariant did not hold after update seats set free = free - ? where id = ?: false, free = -1
      the sequence, with 2 switches between participants:
        2: select free from seats where id = ?            → SELECT 1
        1: select free from seats where id = ?            → SELECT 1
        1: update seats set free = free - ? where id = ?  → UPDATE 1
        2: update seats set free = free - ? where id = ?  → UPDATE 1
      run it again: suite.explore(participants, { …, replay: exploration.failure.text }), or as it was found: { …, seed: 2435797980, runs: 1 }"
  `)
  expect(String(exploration)).toContain(exploration.failure?.text.split('\n')[0])
})

test('an atomic update preserves it in every interleaving', async () => {
  const exploration = await explore(buyAtomically)

  expect(exploration).toPreserve()
  expect(messageOf(() => expect(exploration).not.toPreserve())).toMatchInlineSnapshot(`
    "The invariant held in every interleaving that was run, expected one in which it does not.
      40 runs of 2 participants, 10 interleavings, seed 7; 120 looks at the invariant
      What is decided within the process, between an answer and the next request, is not interleaved. More runs, or another seed, run others."
  `)
})

test('what says nothing about an invariant is no verdict', async () => {
  const withoutInvariant = await explore(buyAtomically, { invariant: undefined, failOnRejection: true, runs: 2 })
  const unsettled = await suite.explore([buyAtomically, () => new Promise<void>(() => {})], {
    before: () => suite.postgres.query('UPDATE seats SET free = 1'),
    invariant: 'SELECT true',
    deadlineMs: 50,
  })

  for (const ask of [() => expect(withoutInvariant).toPreserve(), () => expect(withoutInvariant).not.toPreserve()]) {
    expect(ask).toThrow('toPreserve judges an invariant, and none was given to explore().')
  }
  for (const ask of [() => expect(unsettled).toPreserve(), () => expect(unsettled).not.toPreserve()]) {
    expect(ask).toThrow('toPreserve cannot judge a run in which a participant never settled.')
  }
})
