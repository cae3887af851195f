/** In the container's own layer, where it outlives the end of the server. Writable for whomever the image runs as. */
const HOME = '/tmp/hotbed'
export const DATA: string = `${HOME}/data`
export const CONFIG_FILE: string = `${HOME}/redis.conf`
/** There when the keys are wanted after the next start. */
export const KEEP_FILE: string = `${HOME}/keep`

/** Runs before the entrypoint of the image. By file and not by arguments: values are then read as in redis.conf, and a password is not in the process list. */
export const BOOT_SCRIPT: string = `
set -e
mkdir -p ${DATA}
chmod 777 ${HOME} ${DATA} 2>/dev/null || true
printf '%s' "$HOTBED_CONFIG" >${CONFIG_FILE}
if [ -e ${KEEP_FILE} ]; then rm ${KEEP_FILE}
elif [ -n "$HOTBED_FORGETS" ]; then rm -rf ${DATA}/*
fi
exec "$@"
`

/** Prints the version of the image's server. */
export const VERSION_SCRIPT: string = `
for program in valkey-server redis-server /opt/redis-stack/bin/redis-server /opt/bitnami/redis/bin/redis-server; do
  if command -v "$program" >/dev/null; then exec "$program" --version; fi
done
echo "has neither redis-server nor valkey-server"
`

/**
 * What the entrypoint is to run. Official images name their server, which takes the file as its first argument; those that leave it to their entrypoint
 * (redis-stack) take what is in `REDIS_ARGS`.
 */
export function redisCommand(command: readonly string[]): {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
} {
  const [program, ...args] = command
  if (program === undefined || !/(?:redis|valkey)-server$/.test(program)) {
    return { command, environment: { REDIS_ARGS: `--include ${CONFIG_FILE}` } }
  }
  return { command: args.length === 0 ? [program, CONFIG_FILE] : [...command, '--include', CONFIG_FILE], environment: {} }
}
