import { expect, test } from 'vitest'
import { writeAmplification } from '../../../src/plan/smells/write-amplification.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE jobs (id int PRIMARY KEY, state text, "runAt" int, tenant int, worker int, tries int) WITH (fillfactor = 40);
  INSERT INTO jobs SELECT i, 'new', i, i, i, 0 FROM generate_series(1, 3000) i;
  CREATE INDEX jobs_state_idx ON jobs (state);
  CREATE INDEX jobs_run_idx ON jobs ("runAt") WHERE state <> 'done';
  CREATE INDEX jobs_tenant_idx ON jobs (tenant);
  CREATE INDEX jobs_worker_idx ON jobs (worker);
  CREATE TABLE full_jobs (LIKE jobs INCLUDING INDEXES);
  INSERT INTO full_jobs SELECT * FROM jobs;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), writeAmplification, sql, options)
  const start = "UPDATE jobs SET state = 'running', tries = tries + 1"

  test('an update of a column that is indexed is found, and not once no index has it', async () => {
    expect(await find(start)).toEqual([
      expect.stringMatching(
        /^writes 1[5-9],\d{3} WAL records \([\d,]+ kB\) to update 3,000 rows of jobs, which has 5 indexes → Drop jobs_run_idx \("?runAt"?\), jobs_state_idx \(state\), or leave out of it what is updated: only then can the other indexes be left as they are \(HOT\)$/,
      ),
    ])
    await within(database(), 'DROP INDEX jobs_state_idx, jobs_run_idx; CREATE INDEX ON jobs ("runAt")', async () => {
      expect(await find(start, { insideTransaction: true })).toEqual([])
    })
  })

  test('an update that finds no room on its page is found, and not where there is room', async () => {
    expect(await find('UPDATE full_jobs SET tries = 1')).toEqual([
      expect.stringContaining('→ ALTER TABLE full_jobs SET (fillfactor = 80), so that a new row finds room beside the old one'),
    ])
    expect(await find('UPDATE jobs SET tries = 1')).toEqual([])
  })

  test('a few rows, an insert and a statement that was only planned do not smell', async () => {
    expect(await find(`${start} WHERE id <= 500`)).toEqual([])
    expect(await find("INSERT INTO jobs SELECT i, 'new', i, i, i, 0 FROM generate_series(5001, 8000) i")).toEqual([])
    expect(await find(start, { analyze: false })).toEqual([])
  })
})
