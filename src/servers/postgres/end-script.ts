import { shellQuote } from '../../primitives/shell-quote.js'

/** Of the postmaster.pid `$pidfile`: the id of the System V segment, which is the last word on line 7. */
const READ_SEGMENT = `segment=$(sed -n '7s/.* //p' "$pidfile")`
const REMOVE_SEGMENT = `[ -z "$segment" ] || ipcrm -m "$segment"`

/** As a command of the shell, for a cluster whose Postgres is about to be killed: the kernel keeps the segment until then. */
export function segmentRemoval(data: string): string {
  return `pidfile=${shellQuote(`${data}/postmaster.pid`)}; ${READ_SEGMENT}; ${REMOVE_SEGMENT}`
}

/**
 * Run when the postmaster has ended, with the server's directory as `$1`. A postmaster that was killed leaves its pid file, a SysV
 * segment and backends: an idle one ends by itself, one in a long query does not notice.
 * These are found by their working directory, which is the cluster's, and by the name of their program.
 */
export const END_SCRIPT: string = `
pidfile=$1/data/postmaster.pid
[ -f "$pidfile" ] || exit 0
# Before anything that takes time: whoever ends another server of this run may remove the directory.
${READ_SEGMENT}
data=$(cd "$1/data" && pwd -P) || exit 0
if [ -d /proc/self ]; then
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd")" = "$data" ] || continue
    case $(readlink "$process/exe") in */postgres*) kill -s KILL "\${process#/proc/}" ;; esac
  done
else
  lsof -t -a -c postgres -d cwd -- "$data" | xargs kill -s KILL
fi
${REMOVE_SEGMENT}
`
