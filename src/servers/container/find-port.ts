import { randomInt } from 'node:crypto'
import { findFreePort } from '../../primitives/free-port.js'
import type { Engine } from './engine.js'

/** Below what systems hand out by themselves. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/**
 * A port of the engine's host that may be free: on another machine only the attempt tells. It is fixed, and not the engine's choice, because that
 * would be another one after each start of the container.
 */
export function findContainerPort({ isLocal }: Engine): Promise<number> {
  return isLocal ? findFreePort() : Promise.resolve(randomInt(FIRST_PORT, LAST_PORT))
}
