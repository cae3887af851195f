import { statSync } from 'node:fs'
import type { Deadline } from '../../../primitives/deadline.js'
import type { ServerPlace } from '../../server.js'
import type { RedisBinary } from '../redis-binary.js'
import type { RedisSettings } from '../redis-config.js'
import { askThrowAway } from '../throw-away.js'
import { commandsOf, lackingOf, MODULE_CAPABILITIES } from './capabilities.js'
import { findModuleFiles, moduleFoldersOf } from './module-folders.js'
import { readModuleRefusal } from './module-refusal.js'

/** How the capabilities that are wanted of a server can be had. */
export interface ModuleSearch {
  readonly binary: RedisBinary
  /** Files to load for them. */
  readonly files: readonly string[]
  /** Capabilities that it has by none of the files that there are. */
  readonly lacking: readonly string[]
  /** Where they were looked for and what was there. */
  readonly looked: readonly string[]
}

export interface ModuleContext {
  readonly place: ServerPlace
  readonly deadline: Deadline
  /** @default the usual ones */
  readonly moduleFolders?: readonly string[] | undefined
}

/**
 * Looks for capabilities in the server itself, then in the files of the usual folders. Each is proved by the commands of a server that was
 * started with it: a file may be made for another version.
 */
export async function findModules(
  binary: RedisBinary,
  { capabilities, modules }: Pick<RedisSettings, 'capabilities' | 'modules'>,
  context: ModuleContext,
): Promise<ModuleSearch> {
  const folders = moduleFoldersOf(binary.path, context.moduleFolders)
  const files: string[] = []
  const looked: string[] = []
  const lacking: string[] = []
  let commands = await askCommands(binary, modules, context)
  // What was named by its path cannot be loaded: the start will say so.
  if (typeof commands === 'string') return { binary, files, lacking, looked }
  for (const name of capabilities) {
    const capability = MODULE_CAPABILITIES[name]
    if (capability === undefined || lackingOf([name], commands).length === 0) continue
    const seen = [`the server itself: it does not know ${capability.commands[0]}`]
    const candidates = findModuleFiles(capability.files, folders)
    if (candidates.length === 0) seen.push(`${folders.join(', ')}: no ${capability.files.join(' or ')}`)
    let found = false
    for (const file of candidates) {
      const outcome = await askCommands(binary, [...modules, ...files, file], context)
      found = typeof outcome !== 'string' && lackingOf([name], outcome).length === 0
      if (!found) {
        seen.push(`${file}: ${typeof outcome === 'string' ? outcome : `knows no ${capability.commands.join(' and ')}`}`)
        continue
      }
      files.push(file)
      if (typeof outcome !== 'string') commands = outcome
      break
    }
    if (found) continue
    lacking.push(name)
    looked.push(...seen)
  }
  return { binary, files, lacking, looked }
}

/** What these very files said before: starting a server must not cost two. */
const known = new Map<string, Promise<ReadonlySet<string> | string>>()

/** The commands of modules that a server with these knows, or why it ended. */
async function askCommands(binary: RedisBinary, modules: readonly string[], context: ModuleContext): Promise<ReadonlySet<string> | string> {
  const key = [binary.path, ...modules].map(describeFile).join('\0')
  const asking = known.get(key) ?? startAndAsk(binary, modules, context)
  known.set(key, asking)
  asking.catch(() => known.delete(key))
  return asking
}

function describeFile(path: string): string {
  const { mtimeMs, size } = statSync(path)
  return `${path}\0${mtimeMs}\0${size}`
}

async function startAndAsk(
  binary: RedisBinary,
  modules: readonly string[],
  { place, deadline }: ModuleContext,
): Promise<ReadonlySet<string> | string> {
  const commands = commandsOf(Object.keys(MODULE_CAPABILITIES))
  const answers = await askThrowAway(binary, { place, deadline, modules, commands })
  if (answers.log === undefined) return answers.commands
  return readModuleRefusal(answers.log)?.why ?? answers.log.at(-1) ?? 'the server ended without a word'
}
