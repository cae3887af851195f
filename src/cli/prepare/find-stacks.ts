import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { glob } from 'tinyglobby'
import type { StackDefinition } from '../../databases/stack.js'
import type { Isolation } from '../../databases/suite-parts.js'
import { HotbedError } from '../../primitives/error.js'
import { loadStack, OWN_CONFIGS, VITE_CONFIGS } from '../start/load-stack.js'
import { listPluginSettings, loadViteConfig, projectsOf } from '../start/vite-config.js'

/** A stack of the project, as test files will open it. */
export interface FoundStack {
  readonly stack: StackDefinition
  readonly isolation: Isolation
  /** Where it comes from, for people. */
  readonly origin: string
}

/**
 * The stacks of a file; without one, of the first config here that has any: all plugins hotbed() of a config of vitest, of its inline projects
 * and of the projects that it names.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` when there is none
 */
export async function findStacks(config: string | undefined): Promise<readonly FoundStack[]> {
  if (config !== undefined) {
    if (!existsSync(config))
      throw new HotbedError('ERR_HOTBED_OPTION', { message: `--config names ${resolve(config)}, which does not exist.` })
    const found = await readStacks(config)
    if (found.length > 0) return found
    throw new HotbedError('ERR_HOTBED_OPTION', { message: `${config} has no plugin hotbed() and names no project that has one.` })
  }
  for (const name of [...OWN_CONFIGS, ...VITE_CONFIGS].filter((candidate) => existsSync(candidate))) {
    const found = await readStacks(name)
    if (found.length > 0) return found
  }
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `No config in ${process.cwd()} has a stack, so there is nothing to prepare.`,
    remedy:
      'Put hotbed() among the plugins of vitest.config.ts, or name a module that exports a stack: hotbed prepare --config ./stack.mjs',
  })
}

async function readStacks(file: string, seen: Set<string> = new Set()): Promise<readonly FoundStack[]> {
  const path = resolve(file)
  if (seen.has(path)) return []
  seen.add(path)
  if (!isViteConfig(path)) {
    const { stack, origin } = await loadStack({ config: file })
    return [{ stack, isolation: 'clone', origin }]
  }
  const config = await loadViteConfig(path)
  const origin = `plugin hotbed() in ${relative(process.cwd(), path)}`
  const own = (await listPluginSettings(config, path)).map(({ stack, isolation }) => ({ stack, isolation, origin }))
  const named = projectsOf(config).filter((project) => typeof project === 'string')
  const others: FoundStack[] = []
  for (const other of await findConfigs(named, dirname(path))) others.push(...(await readStacks(other, seen)))
  return [...own, ...others]
}

/** What patterns of `test.projects` stand for: files that are configs, and folders that have one. */
async function findConfigs(patterns: readonly string[], directory: string): Promise<readonly string[]> {
  if (patterns.length === 0) return []
  const found = await glob([...patterns], {
    cwd: directory,
    absolute: true,
    onlyFiles: false,
    expandDirectories: false,
    ignore: ['**/node_modules/**'],
  })
  return found.toSorted().flatMap((path) => {
    if (!statSync(path).isDirectory()) return isViteConfig(path) ? [path] : []
    return VITE_CONFIGS.map((name) => join(path, name))
      .filter((name) => existsSync(name))
      .slice(0, 1)
  })
}

/** Also `vitest.config.unit.ts`. */
function isViteConfig(path: string): boolean {
  return /(?:^|\.)vite(?:st)?\.[\w.-]*config[\w.-]*\.[cm]?[jt]s$/.test(basename(path))
}
