import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildOnce } from '../../primitives/build-once.js'
import { isHotbedError } from '../../primitives/error.js'
import { fingerprint } from '../../primitives/fingerprint.js'
import { isOnPath } from '../../primitives/on-path.js'
import { runCommand } from '../../primitives/run-command.js'
import { SHIM_SOURCE } from './shim-source.js'

/** The compiled shim, or why there is none. */
export type Shim = { readonly path: string } | { readonly why: string }

/** Where it is built. */
export interface ShimMachine {
  readonly platform: string
  readonly architecture: string
  readonly variables: NodeJS.ProcessEnv
}

const COMPILERS = ['cc', 'gcc', 'clang']
/** Of those, what the kernel's clock call fills in is what the C library hands out. */
const ARCHITECTURES = ['x64', 'arm64']
const COMPILE_TIMEOUT_MS = 60_000

const THIS_MACHINE: ShimMachine = { platform: process.platform, architecture: process.arch, variables: process.env }

/** Compiles the shim on the user's machine, once, into the cache. No binary travels with the package. */
export async function buildShim(cacheDirectory: string, machine: ShimMachine = THIS_MACHINE): Promise<Shim> {
  const { platform, architecture, variables } = machine
  if (platform !== 'linux') return { why: `a server's clock is moved by LD_PRELOAD, on Linux only; this is ${platform}` }
  if (!ARCHITECTURES.includes(architecture)) return { why: `a server's clock is moved on x64 and arm64 only; this is ${architecture}` }
  const directory = join(cacheDirectory, 'clocks', `${platform}-${architecture}-${fingerprint(SHIM_SOURCE)}`)
  const path = join(directory, 'clock.so')
  // The dynamic linker takes a list, which has no quotes.
  if (/[\s:]/.test(path)) return { why: `LD_PRELOAD takes no path with a blank or a colon, such as ${path}: set HOTBED_CACHE_DIRECTORY` }
  const compiler = COMPILERS.find((name) => isOnPath(name, variables))
  try {
    await buildOnce(directory, (draft) => compile(compiler, draft))
    return { path }
  } catch (error) {
    if (compiler === undefined) return { why: 'no C compiler (cc, gcc, clang) is on the PATH: apt-get install gcc libc6-dev' }
    if (!isHotbedError(error)) throw error
    return {
      why: `${compiler} could not compile the shim: ${(error.log.findLast((line) => line.includes('error')) ?? error.message).trim()}`,
    }
  }
}

async function compile(compiler: string | undefined, draft: string): Promise<void> {
  if (compiler === undefined) throw new Error('no C compiler')
  await mkdir(draft)
  const [source, library] = ['clock.c', 'clock.so'].map((name) => join(draft, name)) as [string, string]
  await writeFile(source, SHIM_SOURCE)
  // Without a C library of its own it goes with that of the server, whichever it is.
  const args = ['-shared', '-fPIC', '-O2', '-nostdlib', '-o', library, source]
  await runCommand(compiler, { args, timeoutMs: COMPILE_TIMEOUT_MS, endWithUs: true })
  // As root we start servers as another user.
  await Promise.all([chmod(draft, 0o755), chmod(library, 0o755)])
}
