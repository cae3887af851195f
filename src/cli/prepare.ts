import { Option, type Command } from 'commander'
import pc from 'picocolors'
import { formatDuration } from '../primitives/duration.js'
import { formatBytes } from './bytes.js'
import { makeCacheKey } from './prepare/cache-key.js'
import { findStacks, type FoundStack } from './prepare/find-stacks.js'
import { prepareStacks, type Preparation } from './prepare/prepare-stacks.js'

interface PrepareFlags {
  readonly config?: string
  readonly json?: true
  readonly printKey?: true
}

const EXAMPLES = `
The stacks are those of --config, or else of the first of these files here that has any:
  hotbed.config.ts, .mts, .js, .mjs    export const stack = { postgres: { migrations: './migrations' }, redis: {} }
  vitest.config.*, vite.config.*       every plugin hotbed(), also of its projects
Migrations and datasets are run once and saved; a test run then starts from what was saved. When all is there, it is only looked at.

The key of --print-key changes with what the stacks are made of: migrations, datasets, settings, the versions of Postgres and hotbed.

${pc.bold('Examples:')}
  hotbed prepare                in a CI step before the tests, or in a layer of a Dockerfile
  hotbed prepare --print-key    a name for the cache directory, before anything is made`

export function addPrepareCommand(program: Command): void {
  program
    .command('prepare')
    .summary('make images and templates ahead, so that test runs start warm')
    .description('Makes what the first test run would have to make, and keeps it in the cache directory.')
    .option('-c, --config <file>', 'module that exports `stack`, or a config of vitest')
    .option('--json', 'print what was made as JSON')
    .addOption(new Option('--print-key', 'print a key for caches of CI, and make nothing').conflicts('json'))
    .addHelpText('after', EXAMPLES)
    .action(prepare)
}

async function prepare({ config, json, printKey }: PrepareFlags): Promise<void> {
  const stacks = await findStacks(config)
  const key = await makeCacheKey(stacks.map(({ stack }) => stack))
  if (printKey === true) {
    process.stdout.write(`${key}\n`)
    return
  }
  const prepared = await prepareStacks(stacks)
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ key, stacks: stacks.map(({ origin }) => origin), ...prepared }, undefined, 2)}\n`
      : format(stacks, prepared),
  )
}

function format(stacks: readonly FoundStack[], { cacheDirectory, bytes, made, notKept, durationMs }: Preparation): string {
  const shown = made.filter(({ what }) => what !== 'remembered')
  const total = shown.reduce((sum, entry) => sum + entry.bytes, 0)
  const lines = [
    ...stacks.map(({ origin }) => pc.dim(`stack: ${origin}`)),
    ...shown.map((entry) => `${pc.green('✓')} ${formatBytes(entry.bytes).padStart(9)}  ${entry.what}  ${pc.dim(entry.path)}`),
    ...notKept.map(
      (origin) =>
        `  The template of ${origin} is made anew in each run: a migration or seed that is a function or a command says what it depends on with inputs.`,
    ),
    shown.length === 0
      ? `Nothing to do: all is there, after ${formatDuration(durationMs)}.`
      : `${formatBytes(total)} new, after ${formatDuration(durationMs)}.`,
    pc.dim(`cache: ${cacheDirectory}, ${formatBytes(bytes)}`),
  ]
  return `${lines.join('\n')}\n`
}
