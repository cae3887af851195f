import { resolve } from 'node:path'
import type { Command } from 'commander'
import pc from 'picocolors'
import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { HotbedError } from '../primitives/error.js'
import { findLeftovers, sweepLeftovers } from '../databases/sweep.js'
import { formatBytes, measureBytes } from './bytes.js'
import { listBrokenEntries, listCacheEntries, removeEntries, type CacheEntry } from './clean/cache-entries.js'
import { cleanContainers, cleanImages, findUsedEngine } from './clean/containers.js'
import { waitForStartingRuns } from './clean/starting-runs.js'

interface CleanFlags {
  readonly kept?: true
  readonly cache?: true
  readonly all?: true
  readonly dryRun?: true
}

/** Something that goes, with what it takes on the disk. */
interface Removal {
  readonly path: string
  readonly why: string
  readonly bytes: number
}

const EXAMPLES = `
Without options: what dead runs have left, and what they left half built in the cache. What a living run uses is never touched.

${pc.bold('Examples:')}
  hotbed clean --dry-run        show what would go
  hotbed clean --kept           also end what was kept of failed tests
  hotbed clean --kept /dev/shm/hotbed-run-Ab3dEf
                                end this one only
  hotbed clean --cache          also empty the cache; the next run builds anew
  hotbed clean --all            everything, the Redis of 'hotbed install' too`

export function addCleanCommand(program: Command): void {
  program
    .command('clean')
    .argument('[directories...]', 'only these directories of runs, and nothing of the cache')
    .summary('remove what dead runs have left, and the cache')
    .description('Removes what dead runs have left; with options also what was kept, and the cache.')
    .option('--kept', 'also end servers that were kept on purpose')
    .option('--cache', 'also remove images, clusters and copied binaries')
    .option('--all', '--kept and --cache, and the Redis that was installed')
    .option('-n, --dry-run', 'only show what would be removed')
    .addHelpText('after', EXAMPLES)
    .action(clean)
}

async function clean(directories: readonly string[], { kept, cache, all, dryRun }: CleanFlags): Promise<void> {
  const paths = directories.length === 0 ? undefined : directories.map((directory) => resolve(directory))
  if (paths !== undefined) await checkPaths(paths, kept === true || all === true)
  const cacheDirectory = resolveCacheDirectory()
  const leftovers = await cleanLeftovers(paths, kept === true || all === true, dryRun === true)
  let entries = paths === undefined ? await listBrokenEntries(cacheDirectory) : []
  if (paths === undefined && (cache === true || all === true))
    entries = [...entries, ...(await listCacheEntries(cacheDirectory, all === true))]
  const [free, used] = [entries.filter((entry) => entry.user === undefined), entries.filter((entry) => entry.user !== undefined)]
  const engine = await findUsedEngine(cacheDirectory)
  const containers = await cleanContainers(engine, paths, dryRun === true)
  const removals = [...leftovers, ...containers, ...(await Promise.all(free.map(describe)))]
  if (dryRun !== true && free.length > 0) {
    await waitForStartingRuns()
    await removeEntries(free)
    await cleanImages(engine, cacheDirectory)
  }
  printRemovals(removals, dryRun === true)
  for (const { path, user } of used) process.stdout.write(`${pc.dim('left alone')}  ${path}  process ${user} runs from it\n`)
  if (paths === undefined && kept !== true && all !== true) await printKept()
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a directory that is not to be removed */
async function checkPaths(paths: readonly string[], kept: boolean): Promise<void> {
  const leftovers = await findLeftovers()
  for (const path of paths) {
    const found = leftovers.find((leftover) => leftover.path === path)
    if (found !== undefined && (kept || !found.kept)) continue
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: found === undefined ? `${path} is not left of a dead run.` : `${path} was kept on purpose.`,
      remedy: found === undefined ? 'See what is: hotbed clean --dry-run --kept' : `End it with: hotbed clean --kept ${path}`,
    })
  }
}

async function cleanLeftovers(paths: readonly string[] | undefined, kept: boolean, dryRun: boolean): Promise<readonly Removal[]> {
  const found = (await findLeftovers()).filter(
    (leftover) => (kept || !leftover.kept) && (paths === undefined || paths.includes(leftover.path)),
  )
  const removals = await Promise.all(
    found.map(async ({ path, why, kept: wasKept }) => ({ path, why: wasKept ? 'was kept' : why, bytes: await measureBytes(path) })),
  )
  if (dryRun) return removals
  const swept = new Set((await sweepLeftovers({ kept, paths })).map(({ path }) => path))
  return removals.filter(({ path }) => swept.has(path))
}

async function describe({ path, why }: CacheEntry): Promise<Removal> {
  return { path, why, bytes: await measureBytes(path) }
}

function printRemovals(removals: readonly Removal[], dryRun: boolean): void {
  if (removals.length === 0) {
    process.stdout.write('Nothing to clean.\n')
    return
  }
  for (const { path, why, bytes } of removals) process.stdout.write(`${formatBytes(bytes).padStart(9)}  ${path}  ${pc.dim(why)}\n`)
  const total = removals.reduce((sum, { bytes }) => sum + bytes, 0)
  process.stdout.write(`${dryRun ? 'Would remove' : 'Removed'} ${formatBytes(total)}.\n`)
}

async function printKept(): Promise<void> {
  const kept = (await findLeftovers()).filter((leftover) => leftover.kept)
  for (const { path } of kept) process.stdout.write(`${pc.dim('kept on purpose')}  ${path}  ends with: hotbed clean --kept\n`)
}
