/**
 * The supervisor: a POSIX shell that is the parent of one server process and reads a pipe from us.
 *
 * - It signals a pid only while the process of that pid is the one that it started, which the start time tells: once the server has ended
 *   by itself, its pid may be given to somebody else.
 * - The kernel closes the pipe however our process ends, SIGKILL included, so an ordinary stop and a crash take the same path.
 * - A word on the pipe chooses the signal, `keep` leaves the directory in place; end of file without
 *   a word means that we are dead: default signal, and the directory of the whole run goes too.
 * - A second word says that we still lived when the server had ended: then the directory of the run is ours to remove.
 * - The word `leave` lets the server outlive us; what it wrote is removed when somebody ends it.
 * - When the server ends by itself, the directory stays until we have read the log and closed the pipe.
 *
 * The signal is repeated, because it is lost on a process that has not set its handlers yet (a background process of a shell starts with INT
 * and QUIT ignored). A process that is stopped (SIGSTOP) hears of no signal but KILL.
 *
 * PIPE is ignored once the server runs: when we are dead, the reports have no reader and the removal must still happen.
 *
 * - A line to be run before the process becomes it, under the same pid; one to be run beside it is waited for before anything is removed.
 * - With `group`, what the process has started ends with it: at last the whole process group gets SIGKILL, this shell included.
 *
 * Arguments: default signal, grace in hundredths of a second, directory to remove, directory of the run, log file, end script (sh, run as
 * `sh -c SCRIPT hotbed DIRECTORY` at once after the end, while the directory is there), `group` or nothing, line to run before and line to run
 * beside it or nothing, command and its arguments.
 */
export const SUPERVISOR_SCRIPT = `
default=$1 ticks=$2 directory=$3 run=$4 log=$5 ending=$6 group=$7 before=$8 beside=$9
shift 9
(
  [ -z "$before" ] || eval "$before" || exit
  exec "$@"
) </dev/null >>"$log" 2>&1 3<&- &
child=$!
trap '' PIPE
helper=
if [ -n "$beside" ]; then
  (
    (eval "$beside") </dev/null >>"$log" 2>&1 3<&-
    echo "beside $?"
  ) &
  helper=$!
fi
read_start() {
  if [ -d /proc/self ]; then
    start=
    read -r start <"/proc/$child/stat" || return 1
    # The name in field 2 may hold blanks; fields 3 and 22 are the state and the start time.
    set -- \${start##*) }
    state=$1
    case $state in Z | X) return 1 ;; esac
    start=\${20}
  else
    start=$(ps -o lstart= -p "$child") || return 1
    state=$(ps -o state= -p "$child")
  fi
}
read_start
first=$start
(
  read -r signal keep <&3
  [ "$signal" = leave ] && exit 0
  tick=0
  while read_start && [ "$start" = "$first" ]; do
    case $state in T*) signal=KILL ;; esac
    if [ "$tick" -eq "$ticks" ]; then kill -s KILL "$child"
    elif [ "$((tick % 20))" -eq 0 ]; then kill -s "\${signal:-$default}" "$child"
    fi
    tick=$((tick + 1))
    sleep 0.01
  done
  read -r word <&3 || exit 0
  case $keep in keep) exit 9 ;; remove) exit 8 ;; esac
  exit 0
) >/dev/null 2>&1 &
reader=$!
echo "pid $child"
wait "$child"
echo "exit $?"
[ -z "$ending" ] || sh -c "$ending" hotbed "$directory" >/dev/null 2>&1
wait "$reader"
keep=$?
[ -z "$helper" ] || wait "$helper"
[ "$keep" -eq 9 ] || rm -rf -- "$directory"
[ "$keep" -gt 0 ] || [ -z "$run" ] || rm -rf -- "$run"
[ -z "$group" ] || kill -s KILL 0
exit 0
`
