import { platform } from 'node:os'
import { planRedisFill } from '../../databases/redis-fill-plan.js'
import type { PostgresDefinition, StackDefinition } from '../../databases/stack.js'
import { planTemplate } from '../../databases/template.js'
import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import { fingerprint, type FingerprintPart } from '../../primitives/fingerprint.js'
import { findUnprivilegedUser } from '../../primitives/unprivileged-user.js'
import { resolvePostgresBinaries } from '../../servers/postgres/binaries.js'
import { describePostgresLayout } from '../../servers/postgres/layout.js'
import { readVersion } from '../version.js'

/**
 * A name for the cache directory once these stacks are prepared: it changes when anything changes that they are made of, and is known before
 * anything is made or installed.
 */
export async function makeCacheKey(stacks: readonly StackDefinition[]): Promise<string> {
  const parts: FingerprintPart[] = []
  for (const stack of stacks) parts.push(await describe(stack))
  return `hotbed-${platform()}-${process.arch}-${fingerprint({ hotbed: readVersion(), stacks: parts })}`
}

/** What cannot be kept from one run to the next has no part in it. */
async function describe({ postgres, redis }: StackDefinition): Promise<FingerprintPart> {
  const template = postgres === undefined ? undefined : await planTemplate(postgres)
  const keys = redis === undefined ? undefined : await planRedisFill(redis, template)
  return {
    layout: postgres === undefined ? undefined : await layoutOf(postgres),
    template: template?.cacheable === true ? template.fingerprint : undefined,
    keys: keys?.cacheable === true ? keys.fingerprint : undefined,
    redis: redis !== undefined,
  }
}

async function layoutOf(postgres: PostgresDefinition): Promise<string | undefined> {
  const { provider, image } = postgres
  // Images of a container engine are kept there, and templates on a server that is not ours as well.
  if (image !== undefined || (provider !== undefined && provider !== 'embedded' && provider !== 'system')) return image
  const context = { user: findUnprivilegedUser(), cacheDirectory: resolveCacheDirectory() }
  const binaries = await resolvePostgresBinaries({ ...postgres, provider }, context)
  return (await describePostgresLayout(postgres, binaries, context)).layout
}
