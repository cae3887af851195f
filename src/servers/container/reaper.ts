import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import type { Testcontainers } from './testcontainers.js'

/** Who removes the containers of a process that was killed. */
export interface Reaper {
  /** Ryuk, the reaper of testcontainers, does; else hotbed has a guard of its own. */
  readonly isRyuk: boolean
  /** What Ryuk knows its containers by. */
  readonly labels: Readonly<Record<string, string>>
  /** The one of them that an image must not inherit: Ryuk removes images as well. */
  readonly sessionLabel: string
}

/**
 * Starts Ryuk unless `TESTCONTAINERS_RYUK_DISABLED` is `true`.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`
 */
export async function readEngineReaper(
  { getReaper, LABEL_TESTCONTAINERS_SESSION_ID: sessionLabel }: Testcontainers,
  client: Parameters<Testcontainers['getReaper']>[0],
  variables: NodeJS.ProcessEnv = process.env,
): Promise<Reaper> {
  const labels = { 'org.testcontainers': 'true', 'org.testcontainers.lang': 'node' }
  if (variables['TESTCONTAINERS_RYUK_DISABLED'] === 'true') return { isRyuk: false, labels, sessionLabel }
  try {
    const { sessionId } = await getReaper(client)
    return { isRyuk: true, labels: { ...labels, [sessionLabel]: sessionId }, sessionLabel }
  } catch (cause) {
    throw new HotbedError('ERR_HOTBED_CONTAINER', {
      message: `Ryuk, which removes what a killed run leaves, could not be started: ${errorFields(cause).message.trim()}`,
      remedy: 'Set TESTCONTAINERS_RYUK_DISABLED=true: hotbed then removes its containers itself.',
      cause,
    })
  }
}
