import { inject } from 'vitest'
import { connectRun, type RunClient } from '../databases/shared-run/run-client.js'
import type { SuiteParts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { checkLeavesNothingBehind } from '../leaves-nothing-behind.js'
import type { WorkerSettings } from './worker-settings.js'

/** What lives as long as the worker: one test file, or under `--no-isolate` several. */
interface WorkerState {
  client?: Promise<RunClient> | undefined
  /** The suite of the current test file; under `--no-isolate` that of every test file of this worker. */
  suite?: Promise<SuiteParts> | undefined
  needsReset: boolean
}

/** Modules may be loaded anew for each test file, even when the worker stays. */
const STATE: unique symbol = Symbol.for('hotbed.vitest-worker')
const registry = globalThis as { [STATE]?: WorkerState }
const state = (): WorkerState => (registry[STATE] ??= { needsReset: false })

/** @throws {HotbedError} `ERR_HOTBED_RUN_SERVER` when the project has no plugin */
export function readSettings(): WorkerSettings {
  const settings = inject('hotbed')
  if (settings !== undefined) return settings
  throw new HotbedError('ERR_HOTBED_RUN_SERVER', {
    message: 'This vitest project does not have the plugin of hotbed, so its tests have no stack.',
    remedy:
      "Add plugins: [hotbed({ postgres: {}, redis: {} })] from 'hotbed/vitest/plugin' to its config, or make test with createTest({ postgres: {}, redis: {} }).",
  })
}

function connect(): Promise<RunClient> {
  return (state().client ??= connectRun(readSettings().address))
}

/** Waits until the servers have been started: before the tests, so that none of them is timed out by that. */
export async function awaitServers(): Promise<void> {
  await (await connect()).ready(readSettings().stack)
}

/** A new suite of the project's stack. */
export async function openSuite(): Promise<SuiteParts> {
  const { stack, isolation } = readSettings()
  return (await connect()).openSuite(stack, isolation)
}

/** The suite of the current test file, opened at the first call. */
export async function takeFileSuite(): Promise<SuiteParts> {
  const worker = state()
  worker.suite ??= openSuite()
  const suite = await worker.suite.catch((error: unknown) => {
    worker.suite = undefined
    throw error
  })
  if (worker.needsReset) {
    worker.needsReset = false
    await suite.verbs.reset()
  }
  return suite
}

/** Leaves the stores of the current test file up, if it has any. */
export async function keepFileSuite(label: string): Promise<void> {
  await (await state().suite)?.verbs.keep(label)
}

/**
 * Called at the end of a test file. The suite goes; but where modules outlive a test file, so do the URLs that the application has read, and
 * the suite stays, to be brought back to the template for the next file.
 */
export async function releaseFileSuite(): Promise<void> {
  const worker = state()
  const settings = readSettings()
  if (!settings.isolate) {
    worker.needsReset = worker.suite !== undefined
    return
  }
  const { client, suite } = worker
  worker.suite = undefined
  worker.client = undefined
  try {
    if (settings.leavesNothingBehind && settings.isolation !== 'rollback') await checkFileSuite(await suite)
  } finally {
    // The suite goes with its connection, in the main process: nobody here waits for that.
    ;(await client)?.close()
  }
}

async function checkFileSuite(suite: SuiteParts | undefined): Promise<void> {
  if (suite !== undefined) await checkLeavesNothingBehind(suite.verbs, suite.facts.postgres !== undefined)
}
