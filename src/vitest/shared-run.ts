import { availableParallelism } from 'node:os'
import type { TestProject } from 'vitest/node'
import type { Run } from '../databases/run.js'
import { serveRun, type RunServer } from '../databases/shared-run/run-server.js'
import { createTappedRun } from '../tapped-run.js'
import { printKept } from './print-kept.js'
import { printSummary } from './print-summary.js'
import { findProject, type ProjectSettings } from './project-registry.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Key of the project in the registry of the main process. */
    hotbedProject?: string
  }
}

/** The run of this vitest process, whatever the number of its projects. */
interface SharedRun {
  readonly run: Run
  readonly server: RunServer
  users: number
  /** True when one of its projects wants a summary. */
  summary: boolean
}

const MAX_SPARES = 4
/** vitest loads a global setup once per project. */
const SHARED_RUN: unique symbol = Symbol.for('hotbed.vitest-run')
const registry = globalThis as { [SHARED_RUN]?: Promise<SharedRun> | undefined }

/** The run, for one project more. `release` ends it when nobody else uses it. */
export async function takeSharedRun(
  project: TestProject,
  settings: ProjectSettings,
): Promise<{ readonly server: RunServer; readonly release: () => Promise<void> }> {
  const shared = await (registry[SHARED_RUN] ??= startSharedRun(project, settings))
  shared.users += 1
  shared.summary ||= settings.summary
  return {
    server: shared.server,
    release: async () => {
      shared.users -= 1
      if (shared.users === 0) await endSharedRun(shared)
    },
  }
}

async function startSharedRun(project: TestProject, settings: ProjectSettings): Promise<SharedRun> {
  const { maxWorkers } = project.vitest.config
  const workers = typeof maxWorkers === 'number' ? maxWorkers : availableParallelism()
  const run = createTappedRun({ spares: settings.spares ?? Math.min(workers, MAX_SPARES) })
  // Stacks that fit on one server get their templates together, when it is started for the first of them.
  for (const active of project.vitest.projects) {
    const known = findProject(active.getProvidedContext().hotbedProject)
    if (known !== undefined) run.announce(known.stack)
  }
  return { run, server: await serveRun(run, (key) => findProject(key)?.stack), users: 0, summary: false }
}

async function endSharedRun({ run, server, summary }: SharedRun): Promise<void> {
  registry[SHARED_RUN] = undefined
  try {
    await server.close()
    await run.close()
  } finally {
    if (summary) printSummary(run.steps())
    printKept(run.kept())
  }
}
