import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import { findProject, type ProjectSettings } from '../../vitest/project-registry.js'

/** The part of Vite that is used. */
interface Vite {
  readonly loadConfigFromFile: (
    env: { readonly command: 'serve'; readonly mode: string },
    file: string,
    root: string,
    logLevel: 'silent',
  ) => Promise<{ readonly config: unknown } | null>
}

/**
 * What a config of vite or vitest exports by default, its function called.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file that cannot be loaded, or without Vite
 */
export async function loadViteConfig(file: string): Promise<unknown> {
  const vite = await importVite(file)
  try {
    return (await vite.loadConfigFromFile({ command: 'serve', mode: 'test' }, resolve(file), process.cwd(), 'silent'))?.config
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_OPTION', { message: `${file} could not be loaded: ${errorFields(error).message}`, cause: error })
  }
}

/** Vite as the project has it: its own, or (with pnpm) that of its vitest. */
async function importVite(file: string): Promise<Vite> {
  const project = createRequire(join(process.cwd(), 'package.json'))
  for (const find of [() => project.resolve('vite'), () => createRequire(project.resolve('vitest/package.json')).resolve('vite')]) {
    let path
    try {
      path = find()
    } catch {
      continue
    }
    return (await import(pathToFileURL(path).href)) as Vite
  }
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${file} needs vite to be loaded, which is not installed in ${process.cwd()}.`,
    remedy: 'Write the stack to a hotbed.config.mjs, or install it: npm install --save-dev vitest',
  })
}

/**
 * The settings of the one plugin hotbed() in a config or in its inline projects.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` when there are several
 */
export async function findPluginSettings(config: unknown, file: string): Promise<ProjectSettings | undefined> {
  const settings = await listPluginSettings(config, file)
  if (settings.length < 2) return settings[0]
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${file} has ${settings.length} plugins hotbed(), so it is not clear which stack to start.`,
    remedy: 'Export the wanted stack from a module of its own and name that: hotbed start --config ./stack.mjs',
  })
}

/** The settings of every plugin hotbed() in a config and in its inline projects. */
export async function listPluginSettings(config: unknown, file: string): Promise<readonly ProjectSettings[]> {
  const directory = dirname(resolve(file))
  const settings: ProjectSettings[] = []
  for (const one of [config, ...projectsOf(config)]) {
    const root: unknown = read(one, 'root') ?? read(read(one, 'test'), 'root')
    for (const plugin of await flatten(asList(read(one, 'plugins')))) {
      const found = findProject(readProjectKey(plugin, typeof root === 'string' ? resolve(directory, root) : directory))
      if (found !== undefined) settings.push(found)
    }
  }
  return settings
}

/** `test.projects`: configs, and patterns of folders and files that have them. */
export function projectsOf(config: unknown): readonly unknown[] {
  return asList(read(read(config, 'test'), 'projects'))
}

/** As Vite takes them: nested, promised, or left out by a condition. */
async function flatten(plugins: readonly unknown[]): Promise<readonly unknown[]> {
  const settled = await Promise.all(plugins)
  const nested = await Promise.all(
    settled.map(async (plugin): Promise<readonly unknown[]> => (Array.isArray(plugin) ? flatten(plugin) : [plugin])),
  )
  return nested.flat()
}

function readProjectKey(plugin: unknown, root: string): string | undefined {
  const configure = read(plugin, 'config')
  if (read(plugin, 'name') !== 'hotbed' || typeof configure !== 'function') return undefined
  // The plugin adds to the config it is given.
  const config = { root }
  Reflect.apply(configure, plugin, [config])
  const key = read(read(read(config, 'test'), 'provide'), 'hotbedProject')
  return typeof key === 'string' ? key : undefined
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
