import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry, ReportRequest } from './report.js'

/** `7-12.csv`: the client, and the report. */
export function fileOf(directory: string, { client, report }: Pick<ReportRequest, 'client' | 'report'>): string {
  return join(directory, `${client}-${report}.csv`)
}

/** Writes part by part. It gets its name when it is whole: a file that is there lacks nothing. */
export async function writeReport(path: string, title: string, parts: AsyncIterable<readonly Entry[]>): Promise<void> {
  const unfinished = `${path}.part`
  const file = await open(unfinished, 'w')
  try {
    await file.write(`${title}\n`)
    for await (const part of parts) {
      await file.write(part.map(({ id, bookedAt, amountCents }) => `${id},${bookedAt.toISOString()},${amountCents}\n`).join(''))
    }
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}
