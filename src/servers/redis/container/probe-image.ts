import { withDeadline } from '../../../primitives/deadline.js'
import { HotbedError } from '../../../primitives/error.js'
import { createContainer } from '../../container/container.js'
import type { Engine } from '../../container/engine.js'
import type { ContainerImage } from '../../container/image.js'
import { rememberFacts } from '../../postgres/remembered-facts.js'
import { readBanner, type RedisBinaryFacts } from '../redis-binary.js'
import { VERSION_SCRIPT } from './scripts.js'

const PROBE_MS = 30_000

/**
 * What the server of an image is: once for each image, because its settings depend on it.
 *
 * @throws {HotbedError} `ERR_HOTBED_REDIS_NOT_FOUND` when there is none in it
 */
export async function probeRedisImage(
  engine: Engine,
  image: ContainerImage,
  run: string,
  cacheDirectory: string,
): Promise<RedisBinaryFacts> {
  const { banner = '' } = await rememberFacts(cacheDirectory, ['redis image', image.id], async () => {
    const container = await createContainer(engine, {
      image: image.id,
      entrypoint: ['/bin/sh', '-c', VERSION_SCRIPT],
      command: [],
      environment: {},
      run,
    })
    try {
      const life = await container.start()
      await withDeadline(life.exited, PROBE_MS, `the version of the server in the image '${image.name}'`, life.lastLog)
      return { banner: life.lastLog().join('\n') }
    } finally {
      await container.remove()
    }
  })
  const facts = readBanner(banner)
  if (facts !== undefined) return facts
  throw new HotbedError('ERR_HOTBED_REDIS_NOT_FOUND', {
    message: `The image '${image.name}' is no Redis: ${JSON.stringify(banner.slice(0, 120))}.`,
    remedy: "Name one that is, such as redis: { image: 'redis:8' } or 'valkey/valkey:8'.",
  })
}
