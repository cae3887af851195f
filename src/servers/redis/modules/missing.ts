import { HotbedError } from '../../../primitives/error.js'
import { findPackageManager, installLine, listAptPackages, sudo } from '../../package-manager.js'
import { commandsOf, MODULE_CAPABILITIES } from './capabilities.js'
import type { ModuleSearch } from './find-modules.js'

/** The error for servers of which each lacks a capability: where it was looked for, and both ways to get it. */
export async function missingModules(searches: readonly ModuleSearch[], variables: NodeJS.ProcessEnv = process.env): Promise<HotbedError> {
  const names = [...new Set(searches.flatMap(({ lacking }) => lacking))]
  const looked = searches.flatMap(({ binary, looked: places }) => [
    `${binary.flavour === 'valkey' ? 'Valkey' : 'Redis'} ${binary.version.text}, ${binary.path} (${binary.source})`,
    ...places.map((place) => `  ${place}`),
  ])
  const line = await moduleInstallLine(names, variables)
  const isValkey = searches.every(({ binary }) => binary.flavour === 'valkey') && !names.includes('timeseries')
  const image = isValkey ? 'valkey/valkey-bundle:8.1' : 'redis:8'
  const ways = [
    ...(line === undefined ? [] : [`By packages of this system: ${line}`]),
    `By an image that has ${names.length === 1 ? 'it' : 'them'}: redis: { image: '${image}' }`,
  ]
  return new HotbedError('ERR_HOTBED_REDIS_MODULE', {
    message: `No Redis here has ${names.map((name) => `'${name}'`).join(', ')}. Looked in:${looked.map((place) => `\n    ${place}`).join('')}\n`,
    remedy: ways.join('\n  → '),
  })
}

/** The error for an image whose server lacks capabilities: it is the image that has to be another. */
export function missingInImage(names: readonly string[], image: string): HotbedError {
  return new HotbedError('ERR_HOTBED_REDIS_MODULE', {
    message: `The server of the image '${image}' has no ${names.map((name) => `'${name}'`).join(', ')}: it does not know ${commandsOf(names).join(', ')}.`,
    remedy: "Name an image that has it: redis: { image: 'redis:8' }, or the path of a module in this one.",
  })
}

/** Redis by redis.io, whose packages bring the modules: Debian and Alpine have no package of most. */
const REDIS_IO = 'https://redis.io/docs/latest/operate/oss_and_stack/install/install-stack/apt/'

async function moduleInstallLine(names: readonly string[], variables: NodeJS.ProcessEnv): Promise<string | undefined> {
  const manager = findPackageManager(variables)
  if (manager === 'brew') return 'brew tap redis/redis && brew install --cask redis'
  if (manager !== 'apt') return undefined
  const known = await listAptPackages('redis', variables)
  const packages = names.flatMap((name) => MODULE_CAPABILITIES[name]?.debian ?? [])
  if (packages.length === names.length && packages.every((name) => known.has(name))) return installLine('apt', packages)
  if (packages.length === names.length && known.size === 0) return `${sudo('apt')}apt-get update && ${installLine('apt', packages)}`
  if (known.has('redis-stack-server')) return installLine('apt', ['redis-stack-server'])
  return `${installLine('apt', ['redis'])}, after adding the packages of redis.io: ${REDIS_IO}`
}
