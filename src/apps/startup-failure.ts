import { HotbedError } from '../primitives/error.js'
import type { SupervisedProcess } from '../primitives/supervised-process.js'
import { readListeningPorts } from './listening-ports.js'

/** What was tried when an instance did not become ready. */
export interface Startup {
  /** `instance 1` */
  readonly name: string
  /** The command as it was given. */
  readonly command: string
  readonly supervised: SupervisedProcess
  readonly port: number
  readonly portVariable: string
  /** `GET / to be answered` */
  readonly waitingFor: string
}

/** Where the runtimes that print it put the port: `:::3000`, `127.0.0.1:3000`, `port: 3000`. */
const TAKEN = /EADDRINUSE|address already in use/i
const PORT = /(?:port:?\s+|[:\]])(\d{2,5})\b/i

/** The port that the log says is taken; 0: it says so without a port. */
export function readTakenPort(log: readonly string[]): number | undefined {
  const line = log.find((one) => TAKEN.test(one))
  if (line === undefined) return undefined
  const said = PORT.exec(line) ?? log.map((one) => /\bport: (\d+)/.exec(one)).find((match) => match !== null)
  return Number(said?.[1] ?? 0)
}

/** For a process that ended before it was ready. */
export function endedEarly({ name, command, supervised, port, portVariable }: Startup): HotbedError {
  const log = supervised.lastLog(20)
  const status = supervised.exit()?.status ?? 0
  const taken = readTakenPort(supervised.lastLog(200))
  if (taken === undefined) {
    return new HotbedError('ERR_HOTBED_COMMAND', {
      message: `${name} of '${command}' ended with ${statusText(status)} before it was ready.`,
      remedy: status === 127 ? 'The shell did not find the program: see its log, and the option cwd.' : 'Its log says why.',
      log,
    })
  }
  const isOwn = taken === port || taken === 0
  return new HotbedError('ERR_HOTBED_COMMAND', {
    message: isOwn
      ? `${name} of '${command}' ended with ${statusText(status)}: a port that it listens on is taken, though ${portVariable}=${port} was free a moment ago.`
      : `${name} of '${command}' ended with ${statusText(status)}: port ${taken} is taken. It was given the port ${port}, in ${portVariable}, and does not listen on that.`,
    remedy: `Let it listen on process.env.${portVariable}: each instance gets a free port of its own. Another variable is named by the option portVariable.`,
    log,
  })
}

/** For a process that runs and does not become ready. */
export function notReady(
  { name, command, supervised, port, portVariable, waitingFor }: Startup,
  timeoutMs: number,
  last: string,
): HotbedError {
  const others = readListeningPorts(supervised.pid).filter((one) => one !== port)
  const listens = readListeningPorts(supervised.pid).includes(port)
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: [
      `Waited ${timeoutMs} ms for ${waitingFor} by ${name} of '${command}', which did not happen.`,
      ...(last === '' ? [] : [`  Last: ${last}`]),
      ...(others.length > 0 && !listens
        ? [`  It listens on port ${others.join(', ')}, and not on ${port}, which it was given in ${portVariable}.`]
        : []),
    ].join('\n'),
    remedy: listens
      ? "Name what answers when it is ready by the option ready, such as '/health'; timeoutMs gives it more time."
      : `Let it listen on process.env.${portVariable}. Another variable is named by the option portVariable; one that listens on nothing is ready by a line of its log: ready: /started/.`,
    log: supervised.lastLog(20),
  })
}

/** `status 1`, `SIGKILL (status 137)` */
export function statusText(status: number): string {
  const names: Readonly<Record<number, string>> = {
    129: 'SIGHUP',
    130: 'SIGINT',
    134: 'SIGABRT',
    137: 'SIGKILL',
    139: 'SIGSEGV',
    143: 'SIGTERM',
  }
  const name = names[status]
  return name === undefined ? `status ${status}` : `${name} (status ${status})`
}
