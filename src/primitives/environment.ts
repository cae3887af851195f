/** The environment variables of hotbed. This is the only file that reads them, and it does so on each call. */
export interface Environment {
  /** `HOTBED_CACHE_DIRECTORY`: where images, copied binaries and downloads are kept. */
  readonly cacheDirectory: string | undefined
  /** `HOTBED_RUN_DIRECTORY`: the folder in which run directories (data of running servers) are made. */
  readonly runDirectory: string | undefined
  /** `HOTBED_REDIS_BINARY`: a redis-server or valkey-server. */
  readonly redisBinary: string | undefined
  /** `HOTBED_POSTGRES_BINARIES`: a directory that holds `postgres` and `initdb`. */
  readonly postgresBinaries: string | undefined
  /** `HOTBED_CLOCK`: set by `suite.clock.env()` for child processes that follow a suite's clock. A directory of hotbed's. */
  readonly clock: string | undefined
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const read = (name: string): string | undefined => {
    const value = variables[`HOTBED_${name}`]
    return value === undefined || value === '' ? undefined : value
  }
  return {
    cacheDirectory: read('CACHE_DIRECTORY'),
    runDirectory: read('RUN_DIRECTORY'),
    redisBinary: read('REDIS_BINARY'),
    postgresBinaries: read('POSTGRES_BINARIES'),
    clock: read('CLOCK'),
  }
}
