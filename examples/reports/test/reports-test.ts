import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from 'hotbed/vitest'
import { createApp } from '../src/app.js'
import { openReportQueue, type LimitJobs } from '../src/jobs/report-queue.js'
import { startReportWorker, type ReportWorker } from '../src/jobs/worker.js'
import { REPORTS, type BuildReport } from '../src/report.js'
import { openStores, type Stores } from '../src/stores.js'
import { fileOf } from '../src/write-report.js'

/** Ann's year. */
const RANGE = { from: '2025-01-01', to: '2026-01-01' }

export interface Instance {
  readonly stores: Stores
  /** Has one report built, and gives the status. */
  readonly report: (number: number) => Promise<number>
  /** Has all of them built by jobs, and gives the status. */
  readonly allReports: () => Promise<number>
}

/** `test` with the reports of one client. */
export const test = base
  .extend('directory', async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'reports-'))
    onCleanup(() => rm(directory, { recursive: true }))
    return directory
  })
  /** Starts an instance of the API, which lives until the test ends. */
  .extend('start', async ({ suite, directory }, { onCleanup }) => {
    const endings: (() => Promise<unknown>)[] = []
    onCleanup(async () => void (await Promise.all(endings.map((end) => end()))))
    return (build: BuildReport): Instance => {
      const stores = openStores({ databaseUrl: suite.postgres.url, directory })
      const queue = openReportQueue(suite.redis.url)
      const app = createApp({ stores, queue, build })
      endings.push(() => app.close().then(() => Promise.all([queue.close(), stores.pool.end()])))
      const post = async (url: string): Promise<number> => (await app.inject({ method: 'POST', url, payload: RANGE })).statusCode
      return { stores, report: (number) => post(`/clients/7/reports/${number}`), allReports: () => post('/clients/7/reports') }
    }
  })
  /** Starts two workers, as on two machines. */
  .extend('startWorkers', async ({ suite, directory }, { onCleanup }) => {
    const workers: ReportWorker[] = []
    onCleanup(async () => void (await Promise.all(workers.map((worker) => worker.close()))))
    return async (build: BuildReport, limitJobs: LimitJobs): Promise<void> => {
      const options = { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url, directory, build, limitJobs }
      for (let count = 0; count < 2; count += 1) workers.push(await startReportWorker(options))
    }
  })
  /** What the files of the first reports lack, and have too much; nothing when every row of the table is there, once and in order. */
  .extend('findLosses', async ({ postgres, directory }) => async (reports: number = REPORTS) => {
    const { rows } = await postgres.query<TableRow>(ROWS, [reports])
    const losses = await Promise.all(
      Array.from({ length: reports }, async (_, index) => {
        const report = index + 1
        const wanted = rows.filter((row) => row.report === report).map(({ line }) => line)
        return lossOf(`report ${report}`, wanted, await readLines(fileOf(directory, { client: 7, report })))
      }),
    )
    return losses.flatMap((loss) => loss ?? [])
  })

interface TableRow {
  readonly report: number
  readonly line: string
}

/** The table, as lines of the files. */
const ROWS = `
  SELECT report, concat_ws(',', id, to_char(booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), amount_cents) AS line
  FROM entries WHERE report <= $1 ORDER BY report, booked_at, id`

/** Undefined: there is no such file. */
async function readLines(path: string): Promise<readonly string[] | undefined> {
  if (!existsSync(path)) return undefined
  return (await readFile(path, 'utf8')).trimEnd().split('\n').slice(1)
}

function lossOf(name: string, wanted: readonly string[], found: readonly string[] | undefined): string | undefined {
  if (found === undefined) return `${name}: no file`
  if (found.join('\n') === wanted.join('\n')) return undefined
  const there = new Set(found)
  const lost = wanted.filter((line) => !there.has(line))
  if (lost.length === 0) return `${name}: ${found.length} entries instead of ${wanted.length}, or in another order`
  const days = new Set(lost.map((line) => /\d{4}-\d\d-\d\d/.exec(line)?.[0]))
  return `${name}: ${lost.length} of ${wanted.length} entries lost, of ${[...days].join(', ')}`
}

/** Calls the endpoints of these reports at once, and gives their statuses. */
export function hammer({ report }: Instance, first: number = 1, last: number = REPORTS): Promise<number[]> {
  return Promise.all(Array.from({ length: last - first + 1 }, (_, index) => report(first + index)))
}
