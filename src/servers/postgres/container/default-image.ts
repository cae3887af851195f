/** The official image, of the major that is wanted or of the newest that hotbed is tested with. */
export function defaultPostgresImage(version: number | undefined): string {
  return `postgres:${version ?? NEWEST}`
}

const NEWEST = 18
