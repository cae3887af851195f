/** The part of a vitest config that is read and changed. */
export interface ProjectConfig {
  /** Folder of the project. */
  root?: string
  test?: {
    globalSetup?: string | string[]
    setupFiles?: string | string[]
    provide?: Record<string, unknown>
  }
}

/** What the plugin adds. */
export interface ConfigAddition {
  readonly project: string
  readonly globalSetup: string
  readonly setupFile: string
}

/**
 * Changes the config in place: what a plugin returns would be appended, and our setup file has to run before those of the user, which may
 * import the application already. A config that is inherited (`extends`) is not added to twice.
 */
export function addToConfig(config: ProjectConfig, { project, globalSetup, setupFile }: ConfigAddition): void {
  const test = (config.test ??= {})
  test.globalSetup = [globalSetup, ...without(test.globalSetup, globalSetup)]
  test.setupFiles = [setupFile, ...without(test.setupFiles, setupFile)]
  test.provide = { ...test.provide, hotbedProject: project }
}

function without(files: string | readonly string[] | undefined, own: string): readonly string[] {
  return (typeof files === 'string' ? [files] : (files ?? [])).filter((file) => file !== own)
}
