import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import pc from 'picocolors'
import { resolveDataset } from '../databases/template-dataset.js'
import { formatDuration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { scaleDataset, type DatasetContent } from '../seed/dataset-content.js'
import { seed, type SeededDatabase } from '../seed/load.js'
import type { LoadTarget } from '../seed/load-session.js'
import { createProgressDisplay } from '../seed/progress.js'
import { planSeed } from '../seed/plan-seed.js'
import { formatBytes } from './bytes.js'
import { formatLoadPlan } from './seed/format-plan.js'

interface SeedFlags {
  readonly url: string
  readonly dataset: string
  readonly adminUrl?: string
  readonly scale?: number
  readonly shard?: string
  readonly dryRun?: true
}

const EXAMPLES = `
The module exports the dataset as \`dataset\` or by default:
  import { defineDataset } from 'hotbed/seed'
  export const dataset = defineDataset({ tables: { users: 1000, orders: 50_000 } })
Rows come on top of those that are there. Either all rows are loaded, or the tables stay as they were.

With --shard, any number of machines write parts of one dataset at once: all parts together are what one load gives. A part that is there
already is not written again; whoever finds all parts there checks foreign keys, sets sequences and analyses. The table hotbed_shards says
which parts are there.

${pc.bold('Examples:')}
  hotbed seed --url postgres://localhost/shop --dataset ./shop.dataset.mjs --dry-run
  hotbed seed --url postgres://localhost/shop --dataset ./shop.dataset.mjs --scale 0.1
  hotbed seed --url postgres://coordinator/shop --dataset ./shop.dataset.mjs --shard 3/16`

export function addSeedCommand(program: Command): void {
  program
    .command('seed')
    .summary('load a dataset into a database that is migrated already')
    .description('Loads a dataset into a Postgres database that has its tables already.')
    .requiredOption('-u, --url <url>', 'the database, as the owner of its tables')
    .requiredOption('-d, --dataset <file>', 'module that exports the dataset')
    .option('--admin-url <url>', 'the same database as a superuser, which is faster')
    .option('--scale <factor>', 'all row counts times this, such as 0.1', readScale)
    .addOption(new Option('--shard <index/count>', 'write one part of it, such as 3/16').conflicts('dryRun'))
    .option('--dry-run', 'check everything, show what would be done, and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(load)
}

async function load({ url, adminUrl, dataset: file, scale = 1, shard, dryRun }: SeedFlags): Promise<void> {
  const dataset = scaleDataset(await importContent(resolve(file)), scale)
  const target = { url, adminUrl }
  if (dryRun === true) {
    process.stdout.write(`${formatLoadPlan(await planSeed(target, dataset))}\n${pc.dim('Nothing was written.')}\n`)
    return
  }
  const { tables, rows, bytes, seconds, notes } = await seedVisibly(target, dataset, shard)
  for (const { table, rows: written, seconds: took } of tables.filter((loaded) => loaded.rows > 0))
    process.stdout.write(`${pc.green('✓')} ${table}  ${written.toLocaleString('en')} rows in ${formatDuration(took * 1000)}\n`)
  for (const note of notes) process.stdout.write(pc.dim(`  ${note}\n`))
  process.stdout.write(`${rows.toLocaleString('en')} rows, ${formatBytes(bytes)} sent, ready after ${formatDuration(seconds * 1000)}.\n`)
}

async function seedVisibly(target: LoadTarget, dataset: DatasetContent, shard: string | undefined): Promise<SeededDatabase> {
  // Elsewhere the lines about each table say the same once the load is over.
  const display = process.stderr.isTTY ? await createProgressDisplay(process.stderr) : undefined
  try {
    return await seed(target, dataset, {
      ...(display === undefined ? {} : { onProgress: display.onProgress }),
      ...(shard === undefined ? {} : { shard }),
    })
  } finally {
    display?.end()
  }
}

async function importContent(path: string): Promise<DatasetContent> {
  if (!existsSync(path)) throw new HotbedError('ERR_HOTBED_OPTION', { message: `--dataset names ${path}, which does not exist.` })
  const dataset: object = await resolveDataset(path)
  // A stack takes anything that can fill a template; tables can be counted only in what defineDataset() makes.
  if ('tables' in dataset && 'prepare' in dataset) return dataset as DatasetContent
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${path} exports a dataset that was not made by defineDataset().`,
    remedy: "Export what defineDataset() of 'hotbed/seed' returns.",
  })
}

function readScale(text: string): number {
  const scale = Number(text)
  if (scale > 0 && Number.isFinite(scale)) return scale
  throw new InvalidArgumentError('A number above 0 is expected, such as 0.1.')
}
