import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import pc from 'picocolors'
import { exportStatistics } from '../plan/statistics-dump/export-statistics.js'
import type { StatisticsDump } from '../plan/statistics-dump/statistics-dump.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { connectUrl } from './connect-url.js'

interface ExportFlags {
  readonly url: string
  readonly output?: string
  /** False with --no-values. */
  readonly values: boolean
}

const EXAMPLES = `
Reads pg_class and pg_stats only, in a read-only transaction; no table is read. Any server from 13 on.

Most common values and histogram bounds are samples of the data: e-mail addresses, names. --no-values leaves them out; then the planner takes
every value for equally frequent.

A role sees statistics of the columns that it may read. Take the owner of the tables, or a member of pg_read_all_data.

${pc.bold('Examples:')}
  hotbed statistics export --url postgres://reader@replica/shop --output production-statistics.json
  hotbed statistics export --url postgres://localhost/shop --no-values`

export function addStatisticsCommand(program: Command): void {
  const command = program
    .command('statistics')
    .summary("the planner's statistics of a server, for postgres.importStatistics")
    .description("Takes the planner's statistics from a server.")
  command
    .command('export')
    .summary('write the statistics of a database as JSON')
    .description('Writes the statistics that the planner of a database has, as JSON, for postgres.importStatistics().')
    .requiredOption('-u, --url <url>', 'the database')
    .option('-o, --output <file>', 'the file to write (default: the standard output)')
    .option('--no-values', 'leave out most common values and histogram bounds')
    .addHelpText('after', EXAMPLES)
    .action(write)
}

async function write({ url, output, values }: ExportFlags): Promise<void> {
  const client = await connectUrl(url)
  try {
    const dump = await exportStatistics(client, { values })
    print(dump, output)
  } finally {
    await client.close()
  }
}

function print(dump: StatisticsDump, output: string | undefined): void {
  const text = `${JSON.stringify(dump, undefined, 1)}\n`
  if (output === undefined) process.stdout.write(text)
  else writeFile(resolve(output), text)
  // The standard output may be the file.
  process.stderr.write(summarize(dump, output))
}

function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_OPTION', { message: `--output cannot be written: ${errorFields(error).message}.`, cause: error })
  }
}

function summarize({ postgresVersion, tables }: StatisticsDump, output: string | undefined): string {
  const analysed = tables.filter(({ rows }) => rows >= 0)
  const blind = analysed.filter(({ rows, columns }) => rows > 0 && columns.length === 0).map(({ table }) => table)
  const lines = [
    `${pc.green('✓')} ${tables.length.toLocaleString('en')} tables of Postgres ${postgresVersion}${output === undefined ? '' : ` in ${output}`}`,
    ...(analysed.length < tables.length ? [`  ${tables.length - analysed.length} of them were never analysed.`] : []),
    ...(blind.length > 0
      ? [
          `  No column statistics of ${blind.slice(0, 5).join(', ')}${blind.length > 5 ? ' …' : ''}: may this role read them, and was ANALYZE run?`,
        ]
      : []),
  ]
  return `${lines.join('\n')}\n`
}
