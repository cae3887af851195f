import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isHotbedError } from '../../../primitives/error.js'
import { runCommand } from '../../../primitives/run-command.js'
import { redisMemoryServerDirectory } from '../redis-memory-server.js'
import { isOnPath } from '../../../primitives/on-path.js'
import type { InstallContext, InstallStep } from './step.js'

/** A build from source on a slow machine. */
const TIMEOUT_MS = 600_000

const PROGRAM = `require(process.argv[1]).default.getPath().then((path) => console.log(path), (error) => { console.error(error.message); process.exit(1) })`

/** Lets redis-memory-server download the sources of Redis and build them, into our cache and not into node_modules. */
export const redisMemoryServerStep: InstallStep = {
  name: 'redis-memory-server, from source',
  obstacle: (context) => {
    if (findBuilder(context) === undefined) return 'not installed in this project (npm install --save-dev redis-memory-server)'
    return ['make', 'cc'].map((program) => (isOnPath(program, context.variables) ? undefined : `no ${program} here`)).find(Boolean)
  },
  run: async (context) => {
    const directory = redisMemoryServerDirectory(context.cacheDirectory)
    try {
      await runCommand(process.execPath, {
        args: ['-e', PROGRAM, findBuilder(context) ?? ''],
        cwd: context.projectDirectory,
        env: { ...context.variables, REDISMS_DOWNLOAD_DIR: directory },
        timeoutMs: TIMEOUT_MS,
      })
    } catch (error) {
      await rm(directory, { recursive: true, force: true })
      throw new Error(isHotbedError(error) ? (error.log.at(-1) ?? error.message) : String(error), {
        cause: error,
      })
    }
    return `built it in ${directory}`
  },
}

function findBuilder({ projectDirectory }: InstallContext): string | undefined {
  try {
    return createRequire(join(projectDirectory, 'package.json')).resolve('redis-memory-server/lib/util/RedisBinary')
  } catch {
    return undefined
  }
}
