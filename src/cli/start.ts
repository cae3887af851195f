import { Option, type Command } from 'commander'
import pc from 'picocolors'
import { createRun } from '../databases/run.js'
import type { ServerExit } from '../databases/server-exit.js'
import type { StackDefinition } from '../databases/stack.js'
import { formatStores } from '../databases/store-lines.js'
import type { Isolation } from '../databases/suite-parts.js'
import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { formatDuration } from '../primitives/duration.js'
import { prepareEnvFile, type EnvFile } from './start/env-file.js'
import { loadStack, type StackFlags } from './start/load-stack.js'
import { listenForStop, type StopSignals } from './start/stop-signals.js'

interface StartFlags extends StackFlags {
  readonly writeEnv?: string
}

const EXAMPLES = `
The stack is that of --config, or of the options --postgres, --redis and --migrations, or else of the first of these files here:
  hotbed.config.ts, .mts, .js, .mjs    export const stack = { postgres: { migrations: './migrations' }, redis: {} }
  vitest.config.*, vite.config.*       what its plugin hotbed() is given
Without any, an empty Postgres and a Redis are started.

Ctrl-C ends the stack and removes all it wrote. A second Ctrl-C does not wait for that.

${pc.bold('Examples:')}
  hotbed start
  hotbed start --migrations ./migrations --write-env .env.hotbed
  hotbed start --redis
  hotbed start --config ./test/stack.mjs`

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .summary('a stack kept up for development, until Ctrl-C')
    .description('Starts a stack, prints its URLs and keeps it up until Ctrl-C.')
    .addOption(
      new Option('-c, --config <file>', 'module that exports `stack`, or a config of vitest').conflicts([
        'postgres',
        'redis',
        'migrations',
      ]),
    )
    .option('--postgres', 'start Postgres, and Redis only with --redis')
    .option('--redis', 'start Redis, and Postgres only with --postgres or --migrations')
    .option('--migrations <path...>', 'folders of .sql files, or such files, in order')
    // Not --env-file: Node 20 takes that for its own, wherever it stands.
    .option('--write-env <file>', 'write DATABASE_URL and REDIS_URL to this file while the stack is up')
    .addHelpText('after', EXAMPLES)
    .action(start)
}

async function start({ writeEnv, ...flags }: StartFlags): Promise<void> {
  const envFile = writeEnv === undefined ? undefined : prepareEnvFile(writeEnv)
  const loaded = await loadStack(flags)
  let reportExit: (exit: ServerExit) => void = () => {}
  const died = new Promise<ServerExit>((resolve) => (reportExit = resolve))
  const run = createRun({ spares: 0, onServerExit: (exit) => reportExit(exit) })
  const signals = listenForStop()
  // Neither servers nor signal handlers keep a process alive.
  const hold = setInterval(() => {}, 2 ** 30)
  try {
    const begin = performance.now()
    process.stdout.write(`${pc.dim(`stack: ${loaded.origin}`)}\n`)
    const { facts } = await run.openSuite(loaded.stack, isolationOf(loaded.stack))
    if (!signals.isAsked()) {
      envFile?.write(loaded.variables(facts))
      printReady(formatStores(facts), performance.now() - begin, envFile)
    }
    await endOf(signals, died)
    await run.close()
  } catch (error) {
    await run.close().catch((failure: unknown) => debug('not closed: %o', failure))
    throw error
  } finally {
    envFile?.remove()
    clearInterval(hold)
    signals.close()
  }
  process.stdout.write('Ended. Nothing is left.\n')
}

function printReady(stores: readonly string[], startedMs: number, envFile: EnvFile | undefined): void {
  process.stdout.write(`${stores.join('\n')}\n`)
  if (envFile !== undefined) process.stdout.write(`env file  ${envFile.path}\n`)
  process.stdout.write(pc.dim(`Ready after ${formatDuration(startedMs)}. Ctrl-C ends it.\n`))
}

/** Settles when the stack is to end; rejects when a server has ended by itself. */
async function endOf(signals: StopSignals, died: Promise<ServerExit>): Promise<void> {
  const exit = await Promise.race([signals.asked, died])
  if (exit === undefined) return
  const { store, version, status, log } = exit
  const [name, code] =
    store === 'postgres' ? (['Postgres', 'ERR_HOTBED_POSTGRES_EXITED'] as const) : (['Redis', 'ERR_HOTBED_REDIS_EXITED'] as const)
  throw new HotbedError(code, {
    message: `${name} ${version} ended by itself, with ${status > 128 ? `signal ${status - 128}` : `status ${status}`}. The stack is ended too.`,
    remedy: 'Start it again: hotbed start',
    log,
  })
}

/** Replicas follow a whole server. */
function isolationOf({ postgres }: StackDefinition): Isolation {
  return postgres?.replicas === undefined ? 'clone' : 'server'
}
