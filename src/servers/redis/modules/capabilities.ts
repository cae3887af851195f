import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearestName, wrongOption } from '../../../primitives/options.js'
import { HotbedError } from '../../../primitives/error.js'

/** What a module can be asked for by, instead of by its file. */
export interface ModuleCapability {
  /** A server that knows these commands has it. */
  readonly commands: readonly string[]
  /** Names of its file: Redis's own first, then Valkey's. */
  readonly files: readonly string[]
  /** Debian's package, where there may be one. */
  readonly debian?: string
}

/** Files as redis-stack, Redis 8 and valkey-bundle name them. */
export const MODULE_CAPABILITIES: Readonly<Record<string, ModuleCapability>> = {
  json: { commands: ['JSON.SET', 'JSON.GET'], files: ['rejson.so', 'libjson.so'] },
  bloom: { commands: ['BF.ADD', 'BF.EXISTS'], files: ['redisbloom.so', 'libvalkey_bloom.so'] },
  search: { commands: ['FT.CREATE', 'FT.SEARCH'], files: ['redisearch.so', 'libsearch.so'], debian: 'redis-redisearch' },
  timeseries: { commands: ['TS.ADD', 'TS.RANGE'], files: ['redistimeseries.so'] },
}

/** The commands that tell of these capabilities. */
export function commandsOf(capabilities: readonly string[]): readonly string[] {
  return capabilities.flatMap((name) => MODULE_CAPABILITIES[name]?.commands ?? [])
}

/** Those that a server lacks which knows these commands. */
export function lackingOf(capabilities: readonly string[], commands: ReadonlySet<string>): readonly string[] {
  return capabilities.filter((name) => commandsOf([name]).some((command) => !commands.has(command)))
}

/** True for what names a file: it has a folder, or the ending of a library. */
export function isModulePath(module: string): boolean {
  return /[/\\]|\.(?:so|dylib)$/.test(module)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what is neither a capability nor a path */
export function checkModuleNames(option: string, modules: readonly string[] = []): void {
  for (const module of modules) {
    if (typeof module !== 'string') throw wrongOption(option, 'a list of capabilities and paths of module files', modules)
    if (isModulePath(module) || module in MODULE_CAPABILITIES) continue
    const known = Object.keys(MODULE_CAPABILITIES)
    const near = nearestName(module, known)
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${option}' names '${module}', which is neither a capability (${known.join(', ')}) nor the path of a module file.`,
      remedy: near === undefined ? `Give the path of its file, such as '/usr/lib/redis/modules/${module}.so'.` : `Did you mean '${near}'?`,
    })
  }
}

/** What to do about a module file that the server refuses, which is mostly made for another version of it. */
export function suggestServer(file: string): string {
  const program = ['../bin', '../../../bin', '..']
    .flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => join(dirname(file), folder, name)))
    .find((path) => existsSync(path))
  const name = Object.keys(MODULE_CAPABILITIES).find((one) => MODULE_CAPABILITIES[one]?.files.includes(basename(file)) === true)
  return [
    'A module must be built for this version, system and processor.',
    ...(program === undefined ? [] : [`Take the server that it came with: redis: { binary: '${program}' }.`]),
    ...(name === undefined ? [] : [`Or name it by what it can do, and one that fits is looked for: modules: ['${name}'].`]),
  ].join(' ')
}
