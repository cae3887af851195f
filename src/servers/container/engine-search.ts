import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'

/** The error for no engine: what was tried, and what works without one. */
export async function noEngine(cause: unknown, variables: NodeJS.ProcessEnv = process.env): Promise<HotbedError> {
  return new HotbedError('ERR_HOTBED_CONTAINER', {
    message: `No container engine answers. Tried:\n  ${(await describeSearch(variables)).join('\n  ')}\n`,
    remedy:
      "Start Docker, or set DOCKER_HOST to an engine that runs. It works without one by provider: 'embedded' (npm packages) or 'system' (this system's packages).",
    cause,
  })
}

/** Where testcontainers looks, and what is there: its own error names none of it. */
async function describeSearch(variables: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const { DOCKER_HOST, XDG_RUNTIME_DIR } = variables
  const sockets = [
    '/var/run/docker.sock',
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'docker.sock')]),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    `/run/user/${process.getuid?.() ?? 0}/docker.sock`,
  ]
  return [
    DOCKER_HOST === undefined || DOCKER_HOST === ''
      ? 'DOCKER_HOST: is not set'
      : `DOCKER_HOST (${withoutPassword(DOCKER_HOST)}): ${await tryHost(DOCKER_HOST)}`,
    ...(await Promise.all([...new Set(sockets)].map(async (path) => `${path}: ${await trySocket(path)}`))),
  ]
}

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/:@]*):[^@/]*@/, '$1:***@')
}

async function tryHost(host: string): Promise<string> {
  return host.startsWith('unix://') ? trySocket(host.slice('unix://'.length)) : 'does not answer'
}

async function trySocket(path: string): Promise<string> {
  if (!existsSync(path)) return 'does not exist'
  const failure = await new Promise<string | undefined>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error) => resolve(errorFields(error).code ?? error.message))
  })
  if (failure === undefined) return 'answers, but not as a container engine does'
  return failure === 'EACCES' ? 'may not be used by this user' : `does not answer (${failure})`
}
