import { isHotbedError } from '../../../src/primitives/error.js'
import { openEngine } from '../../../src/servers/container/engine.js'
import { findContainerImage } from '../../../src/servers/container/image.js'

/** Built by `.ci/container-engine` of what Debian has: nothing can be downloaded there. */
export const POSTGRES_IMAGE = 'hotbed-test/postgres:15'
export const REDIS_IMAGE = 'hotbed-test/redis:7'

// Its image is not to be had there; what it does, hotbed then does itself.
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true'
// A machine made of a container's files looks like a container itself, from which an engine's ports are reached by its bridge.
process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1'

/** Why containers cannot be tested on this machine; `undefined` where they can. */
export async function whyNoContainers(...images: readonly string[]): Promise<string | undefined> {
  try {
    const engine = await openEngine()
    const found = await Promise.all(images.map((image) => findContainerImage(engine, image)))
    const missing = images.filter((_, index) => found[index] === undefined)
    return missing.length === 0 ? undefined : `${engine.name} has no image ${missing.join(', ')}: bash .ci/container-engine start DIRECTORY`
  } catch (error) {
    if (!isHotbedError(error)) throw error
    return error.message.split('\n')[0]
  }
}
