import type { TestProject } from 'vitest/node'
import { HotbedError } from '../primitives/error.js'
import { findProject } from './project-registry.js'
import { takeSharedRun } from './shared-run.js'

/** Called by vitest once per project, in the main process. Servers start in the background; the first test file waits for them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const key = project.getProvidedContext().hotbedProject
  const settings = findProject(key)
  if (key === undefined || settings === undefined) {
    throw new HotbedError('ERR_HOTBED_RUN_SERVER', {
      message: 'The global setup of hotbed runs without its plugin.',
      remedy: 'Use plugins: [hotbed({ … })] instead of globalSetup.',
    })
  }
  const { isolation, scope, env, keep, leavesNothingBehind, plans, clock, proveFixes } = settings
  const isolate = isolatesFiles(project.config)
  if (keep === 'on-failure' && scope === 'file' && !isolate) {
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: "keep: 'on-failure' needs test files that are isolated: without, a failed file's stores are the next file's.",
      remedy: 'Leave out --no-isolate (isolate: false), or keep.',
    })
  }
  const { server, release } = await takeSharedRun(project, settings)
  server.prepare(key, isolation)
  project.onTestsRerun(server.refresh)
  project.provide('hotbed', {
    address: server.address,
    stack: key,
    isolation,
    scope,
    env,
    keep,
    leavesNothingBehind,
    plans,
    clock,
    proveFixes,
    isolate,
  })
  return release
}

/** The vm pools say `isolate: false` because each of their test files has its own context anyway. */
function isolatesFiles({ isolate, pool }: TestProject['config']): boolean {
  return isolate || pool === 'vmThreads' || pool === 'vmForks'
}
