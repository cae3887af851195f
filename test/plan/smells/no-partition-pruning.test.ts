import { expect, test } from 'vitest'
import { noPartitionPruning } from '../../../src/plan/smells/no-partition-pruning.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const MONTHS = Array.from({ length: 12 }, (_, at) => at + 1)

const SETUP = `
  CREATE SCHEMA log;
  CREATE TABLE log.events (id int, "At" date NOT NULL, user_id int, PRIMARY KEY (id, "At")) PARTITION BY RANGE ("At");
  ${MONTHS.map((month) => `CREATE TABLE log.events_${month} PARTITION OF log.events FOR VALUES FROM ('2024-01-01'::date + ${(month - 1) * 30}) TO ('2024-01-01'::date + ${month * 30});`).join('\n')}
  INSERT INTO log.events SELECT i, '2024-01-01'::date + i % 360, i % 40 FROM generate_series(1, 24000) i;
  CREATE TABLE notes (id int, at int) PARTITION BY LIST (at);
  ${MONTHS.map((month) => `CREATE TABLE notes_${month} PARTITION OF notes FOR VALUES IN (${month});`).join('\n')}
  INSERT INTO notes SELECT i, i % 12 + 1 FROM generate_series(1, 240) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), noPartitionPruning, sql, options)
  const one = 'SELECT * FROM log.events WHERE id = 77'

  test('partitions that are read in vain are found, and not once the partition key is compared', async () => {
    expect(await find(one)).toEqual([
      'reads 12 partitions of log.events, 11 of them in vain, for 22 buffers → Compare the partition key, "At", in WHERE, too: events is divided by RANGE ("At")',
    ])
    expect(await find(`${one} AND "At" = '2024-03-18'`)).toEqual([])
  })

  test('a partition key that is wrapped rules out nothing', async () => {
    expect(await find(`${one} AND date_trunc('month', "At") = '2024-03-01'`)).toEqual([
      'reads 12 partitions of log.events, 11 of them in vain, for 22 buffers → Compare the bare partition key, "At", in WHERE: what is wrapped rules out nothing',
    ])
  })

  test('partitions that are ruled out while the statement runs were not read', async () => {
    expect(await find(`${one} AND "At" = $1`, { params: ['2024-03-18'], generic: true })).toEqual([])
    expect(await find(`${one} AND "At" = (SELECT '2024-03-18'::date)`)).toEqual([])
  })

  test('rows in most partitions, a range that is meant and small tables do not smell', async () => {
    expect(await find('SELECT count(*) FROM log.events WHERE user_id = 7')).toEqual([])
    expect(await find(`${one} AND "At" > '2024-01-02'`)).toEqual([])
    expect(await find('SELECT * FROM notes WHERE id = 7')).toEqual([])
    expect(await find(one, { analyze: false })).toEqual([])
  })
})
