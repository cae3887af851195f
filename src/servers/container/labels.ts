import { hostname } from 'node:os'
import { fingerprint } from '../../primitives/fingerprint.js'
import { formatOwner, readOwner } from '../../primitives/owner.js'

/** Who made a container or an image. */
export const OWNER_LABEL = 'hotbed.owner'
/** The directory of the run that a container belongs to. */
export const RUN_LABEL = 'hotbed.run'

/** The cache directory whose records say which images are wanted, and of which machine: others may use the same engine. */
export const CACHE_LABEL = 'hotbed.cache'

/** The stamp of an image. */
export function cacheLabel(cacheDirectory: string): string {
  return fingerprint([hostname(), cacheDirectory])
}

/** The stamp of this process. */
export function ownerLabels(run: string): Readonly<Record<string, string>> {
  return { [OWNER_LABEL]: formatOwner(readOwner()), [RUN_LABEL]: run }
}
