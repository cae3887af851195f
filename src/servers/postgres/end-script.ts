/**
 * Run when the postmaster has ended, with the server's directory as `$1`. A postmaster that was killed leaves its pid file, a SysV
 * segment (its id is on line 7) and backends: an idle one ends by itself, one in a long query does not notice.
 * These are found by their working directory, which is the cluster's, and by the name of their program.
 */
export const END_SCRIPT = `
pidfile=$1/data/postmaster.pid
[ -f "$pidfile" ] || exit 0
data=$(cd "$1/data" && pwd -P) || exit 0
if [ -d /proc/self ]; then
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd")" = "$data" ] || continue
    case $(readlink "$process/exe") in */postgres*) kill -s KILL "\${process#/proc/}" ;; esac
  done
else
  lsof -t -a -c postgres -d cwd -- "$data" | xargs kill -s KILL
fi
read -r _ segment <<END
$(sed -n 7p "$pidfile")
END
[ -z "$segment" ] || ipcrm -m "$segment"
`
