import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { HotbedError } from '../../primitives/error.js'
import type { RedisServerOptions, ServerVersion } from '../server.js'
import { checkModuleNames, isModulePath } from './modules/capabilities.js'

const OPTION_NAMES = ['provider', 'image', 'binary', 'maxmemory', 'policy', 'config', 'modules']

/** Directives that hotbed itself needs, with the reason. */
const OWN_DIRECTIVES: Readonly<Record<string, string>> = {
  port: 'each server gets a free port',
  bind: 'a server listens on 127.0.0.1 only',
  unixsocket: 'hotbed asks over it whether the server is ready',
  dir: 'a server writes to its own directory, which is removed with it',
  daemonize: 'a server must not outlive the tests',
  supervised: 'hotbed is the supervisor',
  logfile: 'the log is read for error messages',
  pidfile: 'hotbed knows the pid',
}

/** The user's part of redis.conf, checked as far as can be without a server. */
export interface RedisSettings {
  /** Directive → value as redis.conf has it. */
  readonly directives: ReadonlyMap<string, string>
  /** Absolute paths. */
  readonly modules: readonly string[]
  /** Modules that were asked for by what they can do. */
  readonly capabilities: readonly string[]
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readRedisSettings(options: RedisServerOptions, checkPath: (path: string) => string = checkModule): RedisSettings {
  checkOptionNames(options, OPTION_NAMES, 'redis')
  const { maxmemory, policy, config = {}, modules = [], provider } = options
  if (provider !== undefined && !['embedded', 'system'].includes(provider))
    throw wrongOption('provider', "'embedded' or 'system'", provider)
  const directives = new Map<string, string>()
  const shorthands = { maxmemory, 'maxmemory-policy': policy }
  for (const [name, value] of Object.entries(shorthands)) if (value !== undefined) directives.set(name, formatValue(name, value))
  for (const [given, value] of Object.entries(config)) {
    const name = given.toLowerCase()
    if (!/^[a-z][\w.-]*$/.test(name)) throw wrongOption(`config['${given}']`, 'named like a directive of redis.conf', value)
    const reason = OWN_DIRECTIVES[name]
    if (reason !== undefined) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `The directive '${name}' is set by hotbed: ${reason}.`,
        remedy: `Leave '${name}' out of config.`,
      })
    }
    if (directives.has(name))
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `The directive '${name}' is given twice.`,
      })
    const text = formatValue(`config['${given}']`, value)
    // A password is that text, whatever quotes are in it: it is needed again for the URL.
    directives.set(name, name === 'requirepass' && text !== '""' ? quote(text) : text)
  }
  checkModuleNames('modules', modules)
  return {
    directives,
    modules: modules.filter(isModulePath).map(checkPath),
    capabilities: [...new Set(modules.filter((module) => !isModulePath(module)))],
  }
}

function formatValue(option: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string' || /[\r\n\0]/.test(value)) throw wrongOption(option, 'a number, true, false or one line of text', value)
  return value.trim() === '' ? '""' : value
}

function checkModule(path: string): string {
  const absolute = resolve(path)
  if (statSync(absolute, { throwIfNoEntry: false })?.isFile() !== true)
    throw wrongOption('modules', 'a list of paths of module files', path)
  return absolute
}

/** Of an image only its server knows what is in it. */
export function checkImageModule(path: string): string {
  if (!path.startsWith('/')) throw wrongOption('modules', 'a list of absolute paths in the image', path)
  return path
}

/**
 * The text of redis.conf. What is not named here keeps the default of Redis, because the application under test will meet it in production too;
 * only what writes to disk is off, and DEBUG is on where it has a switch.
 */
export function composeRedisConfig(
  settings: RedisSettings,
  facts: {
    readonly port: number
    readonly socketPath: string
    readonly directory: string
    readonly version: ServerVersion
  },
): string {
  return compose(settings, facts, [
    ['bind', '127.0.0.1'],
    ['unixsocket', quote(facts.socketPath)],
    ['unixsocketperm', '700'],
    ...(facts.version.major >= 7 ? [['enable-debug-command', 'local']] : []),
  ])
}

/** The same for a container, which nobody reaches but by the port that the engine publishes: from there whoever comes is no local client. */
export function composeContainerConfig(
  settings: RedisSettings,
  facts: { readonly port: number; readonly directory: string; readonly version: ServerVersion },
): string {
  return compose(settings, facts, [
    ['bind', '0.0.0.0'],
    ['protected-mode', 'no'],
    ...(facts.version.major >= 7 ? [['enable-debug-command', 'yes']] : []),
  ])
}

function compose(
  settings: RedisSettings,
  { port, directory }: { readonly port: number; readonly directory: string },
  reached: readonly (readonly string[])[],
): string {
  const lines = [
    ...reached,
    ['port', String(port)],
    ['dir', quote(directory)],
    ['daemonize', 'no'],
    ['save', '""'],
    ['appendonly', 'no'],
  ].filter(([name = '']) => !settings.directives.has(name))
  lines.push(...[...settings.directives].map((line) => [...line]), ...settings.modules.map((path) => ['loadmodule', quote(path)]))
  return `${lines.map((line) => line.join(' ')).join('\n')}\n`
}

/** A value of redis.conf that may have any sign. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** The text within the quotes of a value, as Redis reads it. */
export function unquote(value: string): string {
  const [, text] = /^"(.*)"$/.exec(value) ?? []
  return text?.replaceAll(/\\(.)/g, '$1') ?? value.replace(/^'(.*)'$/, '$1')
}

/**
 * True when `found`, from CONFIG GET, is what `given` asked for; the server writes sizes as bytes. The few directives of several words or flags are
 * not compared, since it puts them in an order of its own, and has refused wrong ones while it read them.
 */
export function isInEffect(given: string, found: string): boolean {
  const wanted = unquote(given)
  if (wanted.toLowerCase() === found.toLowerCase()) return true
  const bytes = parseSize(wanted)
  if (bytes !== undefined) return bytes === Number(found)
  const isPlain = /^(?:yes|no|-?\d+)$/.test(found) || (found === '' && wanted !== '')
  return !isPlain
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
}

function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? []
  const factor = UNITS[unit.toLowerCase()]
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}
