import { availableParallelism } from 'node:os'
import type { TestProject } from 'vitest/node'
import { createRun, type Run } from '../databases/run.js'
import { serveRun, type RunServer } from '../databases/shared-run/run-server.js'
import { HotbedError } from '../primitives/error.js'
import { printKept } from './print-kept.js'
import { printSummary } from './print-summary.js'
import { findProject, projectStacks, type ProjectSettings } from './project-registry.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Key of the project in the registry of the main process. */
    hotbedProject?: string
  }
}

/** The one run of this vitest process, whatever the number of its projects. */
interface SharedRun {
  readonly run: Run
  readonly server: RunServer
  users: number
}

const MAX_SPARES = 4
const SHARED_RUN: unique symbol = Symbol.for('hotbed.vitest-run')
const registry = globalThis as { [SHARED_RUN]?: Promise<SharedRun> | undefined }

/** Called by vitest once per project, in the main process. The servers start in the background; the first suite waits for them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const key = project.getProvidedContext().hotbedProject
  const settings = key === undefined ? undefined : findProject(key)
  if (key === undefined || settings === undefined) {
    throw new HotbedError('ERR_HOTBED_RUN_SERVER', {
      message: 'The global setup of hotbed runs without its plugin.',
      remedy: 'Use plugins: [hotbed({ … })] instead of globalSetup.',
    })
  }
  const shared = await (registry[SHARED_RUN] ??= startShared(project, settings))
  shared.users += 1
  project.onTestsRerun(() => shared.run.refresh())
  const { isolation, scope, env, keep } = settings
  project.provide('hotbed', {
    address: shared.server.address,
    stack: key,
    isolation,
    scope,
    env,
    keep,
    isolate: project.config.isolate,
  })
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    registry[SHARED_RUN] = undefined
    await shared.server.close()
    await shared.run.close()
    if (settings.summary) printSummary(shared.run.steps())
    printKept(shared.run.kept())
  }
}

async function startShared(project: TestProject, settings: ProjectSettings): Promise<SharedRun> {
  const { maxWorkers } = project.vitest.config
  const workers = typeof maxWorkers === 'number' ? maxWorkers : availableParallelism()
  const run = createRun({ spares: settings.spares ?? Math.min(workers, MAX_SPARES) })
  for (const active of project.vitest.projects) {
    const stack = projectStacks().get(active.getProvidedContext().hotbedProject ?? '')
    if (stack !== undefined) run.announce(stack)
  }
  run.warm()
  return { run, server: await serveRun(run, projectStacks()), users: 0 }
}
