/** Where a container has what is hotbed's. No volume of any image: a volume is in no `docker commit`. */
const HOME = '/hotbed'
/** The cluster of an image, as it was saved. */
export const SAVED_CLUSTER: string = `${HOME}/cluster`
/** A directory in memory, where the cluster of a container is that does not outlive its end. */
export const MEMORY: string = `${HOME}/memory`
export const ACCESS_FILE: string = `${HOME}/pg_hba.conf`

/**
 * Runs before the entrypoint of an image whose cluster is still to be made: chooses the collation as `chooseCollation` does, by what is in the image, and
 * hands it to the entrypoint as `POSTGRES_INITDB_ARGS`, as all images do that come from the official one.
 */
export const CLUSTER_SCRIPT: string = `
set -e
mkdir -p ${HOME}
major=$(postgres --version | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/')
arguments='--encoding=UTF8 --no-sync --wal-segsize=1'
[ "$major" -lt 18 ] || arguments="$arguments --no-data-checksums"
libc=
[ "$major" -lt 15 ] || libc=--locale-provider=libc
if [ "$HOTBED_LOCALE" = POSIX ]; then
  arguments="$arguments --locale=C"
elif locale -a 2>/dev/null | grep -qix "$HOTBED_LOCALE\\.utf-\\?8"; then
  arguments="$arguments --locale=$HOTBED_LOCALE.UTF-8 $libc"
else
  arguments="$arguments --locale=C --lc-ctype=C.UTF-8 --text-search-config=$HOTBED_TEXT_SEARCH"
  if [ "$major" -ge 15 ]; then arguments="$arguments --locale-provider=icu --icu-locale=$(echo "$HOTBED_LOCALE" | tr _ -)"
  else arguments="$arguments --lc-collate=C.UTF-8"
  fi
fi
export POSTGRES_INITDB_ARGS="$arguments"
exec "$@"
`

/** Runs before the entrypoint of a saved image: brings its cluster to where this container has it. */
export const BOOT_SCRIPT: string = `
set -e
printf '%s' "$HOTBED_ACCESS" >${ACCESS_FILE}
if [ "$PGDATA" != ${SAVED_CLUSTER} ] && [ ! -s "$PGDATA/PG_VERSION" ]; then cp -a ${SAVED_CLUSTER} "$PGDATA"; fi
exec "$@"
`

/** Who may log in: over the socket whoever is in the container, over TCP with a password. */
export function accessFile(major: number): string {
  return `local all all trust\nhost all all all ${major >= 16 ? 'scram-sha-256' : 'md5'}\n`
}

/** Settings as arguments of `postgres`. */
export function settingArguments(settings: ReadonlyMap<string, string>): readonly string[] {
  return [...settings].flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
