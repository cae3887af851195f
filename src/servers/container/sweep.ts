import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { debug } from '../../primitives/debug.js'
import { parseOwner, readFormattedOwner, readOwnerState } from '../../primitives/owner.js'
import { wallClockMs } from '../../primitives/real-time.js'
import { KEPT_FILE, RUN_DIRECTORY_NAME } from '../../primitives/run-directory.js'
import { engineFailure, isMissing, type Engine } from './engine.js'
import { rememberFacts } from '../postgres/remembered-facts.js'
import { OWNER_LABEL, RUN_LABEL } from './labels.js'
import { sweepImages } from './sweep-images.js'

/** A container that some hotbed has made. */
export interface OwnContainer {
  readonly id: string
  readonly image: string
  readonly owner: string
  /** The directory of its run. */
  readonly run: string
  readonly createdMs: number
}

/** An owner that we cannot look up, on another machine or in another container, counts as dead after a day. */
const SILENCE_MS = 86_400_000

const USE = 'containers have been used with this cache'

/** False where looking for an engine is in vain. */
export async function haveContainersBeenUsed(cacheDirectory: string): Promise<boolean> {
  return (await rememberFacts(cacheDirectory, USE, undefined)) !== undefined
}

let swept: Promise<void> | undefined

/** Removes what dead runs have left on the engine, in the background: once for the process. */
export function sweepOnce(engine: Engine, cacheDirectory: string): void {
  swept ??= (async () => {
    await rememberFacts(cacheDirectory, USE, () => Promise.resolve({ engine: engine.name }))
    await sweepContainers(engine)
    await sweepImages(engine, cacheDirectory)
  })().catch((error: unknown) => debug('the engine was not swept: %o', error))
}

/** Containers whose owner no longer lives, but for those that were kept on purpose. Changes nothing. */
export async function listLeftContainers(engine: Engine): Promise<readonly OwnContainer[]> {
  return (await listContainers(engine)).filter(isLeft)
}

/** Removes the containers of dead runs. */
export async function sweepContainers(engine: Engine): Promise<readonly OwnContainer[]> {
  return removeContainers(engine, isLeft)
}

/** Removes each container that `isMeant`, and the directory of its run. */
export async function removeContainers(engine: Engine, isMeant: (container: OwnContainer) => boolean): Promise<readonly OwnContainer[]> {
  const meant = (await listContainers(engine)).filter(isMeant)
  await Promise.all(
    meant.map(async ({ id, run }) => {
      await engine.docker
        .getContainer(id)
        .remove({ force: true, v: true })
        .catch((error: unknown) => {
          // Another sweep is at it.
          if (!isMissing(error)) debug('container %s not removed: %o', id, error)
        })
      if (RUN_DIRECTORY_NAME.test(basename(run))) await rm(run, { recursive: true, force: true })
    }),
  )
  return meant
}

async function listContainers({ docker }: Engine): Promise<readonly OwnContainer[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [OWNER_LABEL] } }).catch((error: unknown) => {
    throw engineFailure('The containers could not be listed', error)
  })
  return found.map(({ Id, Image, Labels, Created }) => ({
    id: Id,
    image: Image,
    owner: Labels[OWNER_LABEL] ?? '',
    run: Labels[RUN_LABEL] ?? '',
    createdMs: Created * 1000,
  }))
}

function isLeft({ owner, run, createdMs }: OwnContainer): boolean {
  if (run !== '' && existsSync(join(run, KEPT_FILE))) return false
  const known = parseOwner(owner)
  const state = known === undefined ? 'unknown' : readOwnerState(known, readFormattedOwner())
  return state === 'dead' || (state !== 'alive' && wallClockMs() - createdMs > SILENCE_MS)
}
