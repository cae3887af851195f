import type { App } from './apps/app.js'
import type { AppCommand } from './apps/app-command.js'
import type { StartAppOptions } from './apps/start-app.js'
import type { SuiteClock } from './clock/suite-clock.js'
import type { SuiteParts } from './databases/suite-parts.js'
import type { Endings } from './primitives/endings.js'

/** Applications in processes of their own. */
export interface SuiteApps {
  /**
   * Starts an application as one or several processes, behind one address. It gets a free `PORT`, and `DATABASE_URL` and `REDIS_URL` of the suite, has
   * the suite's clock, and ends with the suite, or with the process of the test.
   *
   * @param command a command line for the shell, or a list of a program and its arguments
   * @example
   * await using app = await suite.startApp('node server.js', { instances: 2 })
   * const answer = await fetch(`${app.url}/products/7`)
   *
   * @throws {HotbedError} `ERR_HOTBED_COMMAND` with its log, when it ends before it is ready, also where a port that it listens on is taken
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` with its log, when it does not become ready; `ERR_HOTBED_OPTION`
   * @throws {HotbedError} `ERR_HOTBED_ISOLATION` under isolation `rollback`
   */
  readonly startApp: (command: AppCommand, options?: StartAppOptions) => Promise<App>
}

/** Loaded by the first test that uses it: a worker pays for each module in every test file. `started` gets each application. */
export function createSuiteApps(parts: SuiteParts, endings: Endings, clock: Pick<SuiteClock, 'env'>, started: App[] = []): SuiteApps {
  return {
    startApp: async (command, options) => {
      const app = await (await import('./apps/start-app.js')).startApp({ parts, endings, clock }, command, options)
      started.push(app)
      return app
    },
  }
}

/** Those that run now. */
export function processesOf(apps: readonly App[]): readonly number[] {
  return apps.flatMap(({ instances }) => instances.flatMap(({ pid, exitStatus }) => (exitStatus === undefined ? [pid] : [])))
}

/** Where the suite has no URL. */
export function refuseSuiteApps(): SuiteApps {
  return { startApp: async () => (await import('./apps/start-app.js')).refuseApp() }
}
