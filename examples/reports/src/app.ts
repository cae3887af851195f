import Fastify, { type FastifyInstance } from 'fastify'
import type { ReportQueue } from './jobs/report-queue.js'
import { REPORTS, type BuildReport } from './report.js'
import type { Stores } from './stores.js'

interface Range {
  readonly from: string
  readonly to: string
}

export interface AppOptions {
  readonly stores: Stores
  readonly queue: ReportQueue
  /** How a report is built: there are broken and repaired ways. */
  readonly build: BuildReport
}

/** An endpoint for each report, which builds it at once, and one that has all of them built. */
export function createApp({ stores, queue, build }: AppOptions): FastifyInstance {
  const app = Fastify()

  app.post<{ Params: { client: string; report: string }; Body: Range }>(
    '/clients/:client/reports/:report',
    async ({ params, body }, answer) => {
      await build(stores, { ...body, client: Number(params.client), report: Number(params.report) })
      return answer.code(201).send({ report: Number(params.report) })
    },
  )

  app.post<{ Params: { client: string }; Body: Range }>('/clients/:client/reports', async ({ params, body: { from, to } }, answer) => {
    const client = Number(params.client)
    const jobs = Array.from({ length: REPORTS }, (_, index) => ({
      name: 'build',
      data: { client, report: index + 1, from, to },
      // Who asks again while it is being built gets the same files.
      opts: { jobId: `${client}-${index + 1}-${from}-${to}`, removeOnComplete: true },
    }))
    await queue.addBulk(jobs)
    return answer.code(202).send({ reports: jobs.length })
  })

  return app
}
