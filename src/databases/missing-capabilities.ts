import { join } from 'node:path'
import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { createDeadline } from '../primitives/deadline.js'
import type { ErrorCode } from '../primitives/error-codes.js'
import { isHotbedError } from '../primitives/error.js'
import { makeOwnDirectory } from '../primitives/own-files.js'
import { createRunDirectory } from '../primitives/run-directory.js'
import { findUnprivilegedUser } from '../primitives/unprivileged-user.js'
import { openEngine } from '../servers/container/engine.js'
import { resolvePostgresBinaries } from '../servers/postgres/binaries.js'
import { chooseRedisServer } from '../servers/redis/modules/choose-server.js'
import { readRedisSettings } from '../servers/redis/redis-config.js'
import { postgresServerOptions } from './postgres-serving.js'
import { checkStack, type PostgresDefinition, type RedisDefinition, type StackDefinition } from './stack.js'

const MISSING: readonly ErrorCode[] = [
  'ERR_HOTBED_CONTAINER',
  'ERR_HOTBED_POSTGRES_EXTENSION',
  'ERR_HOTBED_POSTGRES_NOT_FOUND',
  'ERR_HOTBED_REDIS_MODULE',
  'ERR_HOTBED_REDIS_NOT_FOUND',
]

const LOOK_MS = 30_000
const NEEDED_BYTES = 1_048_576

/**
 * Says why a stack cannot be had on this machine, for tests that are then to be skipped, or to go without: an extension, a module or a server is
 * missing. Starts no suite; modules are tried in a server that lives for some 20 ms. Of Postgres the files are looked at, so that what comes with
 * every Postgres is taken for granted. What is in an image, or on a server that runs already, is not looked at; a container needs an engine.
 *
 * @returns the text of the error that a suite would meet, with how to get what is missing; `undefined` when nothing is
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a stack that is none
 */
export async function missingCapabilities(stack: StackDefinition): Promise<string | undefined> {
  checkStack(stack)
  try {
    if (stack.postgres !== undefined) await lookForPostgres(stack.postgres)
    if (stack.redis !== undefined) await lookForRedis(stack.redis)
    return undefined
  } catch (error) {
    if (isHotbedError(error) && MISSING.includes(error.code)) return error.message
    throw error
  }
}

async function lookForPostgres(postgres: PostgresDefinition): Promise<void> {
  const { provider, image, ...options } = postgresServerOptions(postgres)
  if (typeof provider === 'object') return
  if (provider === 'container' || image !== undefined) return void (await openEngine())
  const context = { user: findUnprivilegedUser(), cacheDirectory: resolveCacheDirectory() }
  await resolvePostgresBinaries({ ...options, provider }, context)
}

async function lookForRedis(definition: RedisDefinition): Promise<void> {
  const { dataset: _, provider, image, ...options } = definition
  if (typeof provider === 'object') return
  if (provider === 'container' || image !== undefined) return void (await openEngine())
  const redis = { ...options, provider }
  const user = findUnprivilegedUser()
  const run = await createRunDirectory({ neededBytes: NEEDED_BYTES, user })
  try {
    const place = { directory: join(run.path, 'redis'), user, runDirectory: run.path }
    makeOwnDirectory(place.directory, user)
    await chooseRedisServer(redis, readRedisSettings(redis), { place, deadline: createDeadline(LOOK_MS) })
  } finally {
    await run.remove()
  }
}
