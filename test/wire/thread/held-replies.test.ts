import pg from 'pg'
import { expect, test } from 'vitest'
import { startSuite } from '../../../src/index.js'

test('a notice reaches the client while its statement still runs, also where plans follow it', async () => {
  await using suite = await startSuite({ postgres: {} })
  const [client, other] = [new pg.Client({ connectionString: suite.postgres.url }), new pg.Client({ connectionString: suite.postgres.url })]
  await Promise.all([client.connect(), other.connect()])
  await other.query('SELECT pg_advisory_lock(7)')
  const run = await suite.record(async () => {
    // The statement ends only because its notice has come.
    client.once('notice', () => void other.query('SELECT pg_advisory_unlock(7)'))
    await client.query(`DO $$ BEGIN
      RAISE NOTICE 'early';
      PERFORM count(*) FROM generate_series(1, 10);
      PERFORM pg_advisory_xact_lock(7);
    END $$`)
    return (await client.query('SELECT 1 AS one')).rows
  })
  await Promise.all([client.end(), other.end()])
  expect(run.result).toEqual([{ one: 1 }])
  expect(run.statements.map(({ plan }) => plan !== undefined)).toContain(true)
})
