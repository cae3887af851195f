import type { StackDefinition } from '../databases/stack.js'
import type { WorkerSettings } from './worker-settings.js'

/** A vitest project as its plugin was configured. */
export interface ProjectSettings extends Pick<
  WorkerSettings,
  'isolation' | 'scope' | 'env' | 'keep' | 'leavesNothingBehind' | 'plans' | 'clock' | 'proveFixes'
> {
  readonly stack: StackDefinition
  readonly summary: boolean
  readonly spares: number | undefined
}

/** A config and a global setup may be loaded as modules of their own; what they share has to hang on `globalThis`. */
const PROJECTS: unique symbol = Symbol.for('hotbed.vitest-projects')
const registry = globalThis as { [PROJECTS]?: Map<string, ProjectSettings> }

/** @returns the key under which `findProject` gives the settings back */
export function registerProject(settings: ProjectSettings): string {
  const projects = (registry[PROJECTS] ??= new Map())
  const key = `project-${projects.size + 1}`
  projects.set(key, settings)
  return key
}

export function findProject(key: string | undefined): ProjectSettings | undefined {
  return key === undefined ? undefined : registry[PROJECTS]?.get(key)
}
