import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { isHotbedError } from '../../primitives/error.js'
import { runCommand } from '../../primitives/run-command.js'
import type { ProviderName, ServerVersion } from '../server.js'

/** A server program that was run once and said what it is. */
export interface RedisBinary {
  readonly path: string
  readonly version: ServerVersion
  readonly flavour: 'redis' | 'valkey'
  readonly provider: ProviderName
  /** Where it was found, such as `PATH` or `HOTBED_REDIS_BINARY`. */
  readonly source: string
  /** Directories with shared libraries that only this program uses; in the form of LD_LIBRARY_PATH. */
  readonly libraries: readonly string[]
}

export type RedisBinaryFacts = Pick<RedisBinary, 'version' | 'flavour'>

const PROBE_TIMEOUT_MS = 5000

/** What a file said about itself, as long as it stays the same file: starting a server must not cost two processes. */
const known = new Map<string, Promise<RedisBinaryFacts | string>>()

/** Runs `path --version`. Settles with what it is, or with a text that says why it cannot be used. Never rejects. */
export function probeRedisBinary(path: string, libraries: readonly string[] = []): Promise<RedisBinaryFacts | string> {
  let facts
  try {
    facts = statSync(path)
  } catch {
    return Promise.resolve('does not exist')
  }
  if (facts.isDirectory()) return Promise.resolve('is a directory')
  const key = [path, facts.mtimeMs, facts.size, facts.mode, ...libraries].join('\0')
  let probe = known.get(key)
  if (probe === undefined) {
    probe = askVersion(path, libraries)
    known.set(key, probe)
  }
  return probe
}

/** The environment a program needs to find its libraries, and in which SORT … ALPHA compares as in a container: by bytes. */
export function redisEnvironment(libraries: readonly string[]): NodeJS.ProcessEnv {
  const { LC_ALL: _, ...inherited } = process.env
  if (libraries.length === 0) return { ...inherited, LC_ALL: 'C' }
  return {
    ...inherited,
    LC_ALL: 'C',
    LD_LIBRARY_PATH: [...libraries, inherited['LD_LIBRARY_PATH'] ?? ''].filter(Boolean).join(':'),
  }
}

/** What `--version` has printed; `undefined` for other programs. */
export function readBanner(text: string): RedisBinaryFacts | undefined {
  const version = /\bv=(\d[\w.-]*)/.exec(text)?.[1]
  return version === undefined ? undefined : { version: parseVersion(version), flavour: /valkey/i.test(text) ? 'valkey' : 'redis' }
}

async function askVersion(path: string, libraries: readonly string[]): Promise<RedisBinaryFacts | string> {
  try {
    const { stdout } = await runCommand(path, {
      args: ['--version'],
      env: redisEnvironment(libraries),
      timeoutMs: PROBE_TIMEOUT_MS,
    })
    return readBanner(stdout) ?? `is no Redis server: it answers --version with ${JSON.stringify(stdout.trim().slice(0, 80))}`
  } catch (error) {
    return explainFailure(path, isHotbedError(error) ? [error.message, ...error.log].join('\n') : String(error))
  }
}

/** For people: `Redis 7.0.15`. */
export function nameRedis({ flavour, version }: RedisBinaryFacts): string {
  return `${flavour === 'valkey' ? 'Valkey' : 'Redis'} ${version.text}`
}

/** `7.0.15` taken apart. */
export function parseVersion(text: string): ServerVersion {
  const [major = '0', minor = '0'] = text.split('.')
  return { text, major: Number(major), minor: Number(minor) }
}

function explainFailure(path: string, text: string): string {
  const library = /(?:loading shared libraries: |loading shared library |Library not loaded: )([^\s:]+)/.exec(text)?.[1]
  if (library !== undefined) return `needs the shared library ${library}, which is missing`
  const built = readBuild(path)
  if (built !== undefined && built !== thisMachine()) return `is built for ${built}, but this is ${thisMachine()}`
  if (text.includes('EACCES')) return 'is not executable by us'
  return `cannot be run: ${text.split('\n')[0] ?? text}`
}

function thisMachine(): string {
  return `${process.platform} ${process.arch}`
}

/** e_machine of an ELF header, and cputype of a Mach-O header. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  22: 's390x',
  21: 'ppc64',
}
const MACH_O_MACHINES: Readonly<Record<number, string>> = {
  0x01000007: 'x64',
  0x0100000c: 'arm64',
}

/** The platform and architecture a program is built for, read from its header. */
function readBuild(path: string): string | undefined {
  const header = Buffer.alloc(20)
  try {
    const file = openSync(path, 'r')
    try {
      if (readSync(file, header) < header.length) return undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
  if (header.toString('latin1', 0, 4) === '\x7fELF') {
    const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18)
    return `linux ${ELF_MACHINES[machine] ?? `machine ${machine}`}`
  }
  if (header.readUInt32LE(0) === 0xfeedfacf) return `darwin ${MACH_O_MACHINES[header.readUInt32LE(4)] ?? 'another processor'}`
  return undefined
}
