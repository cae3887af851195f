import { HotbedError } from '../../../primitives/error.js'

/** Extensions that cannot be in a template, with what to do instead. */
const UNFIT: Readonly<Record<string, readonly [why: string, instead: string]>> = {
  pg_cron: [
    'its jobs are in the one database of a server that cron.database_name names, and suites are databases of which a server has many',
    'Leave it out, also of the migrations for tests, and call in the test what the schedule calls.',
  ],
}

/** @throws {HotbedError} `ERR_HOTBED_POSTGRES_EXTENSION` for one that cannot be used here, wherever it is had from */
export function refuseUnfit(extensions: readonly string[] = []): void {
  for (const name of extensions) {
    const [why, instead] = UNFIT[name] ?? []
    if (why === undefined || instead === undefined) continue
    throw new HotbedError('ERR_HOTBED_POSTGRES_EXTENSION', {
      message: `The extension '${name}' cannot be in a template: ${why}.`,
      remedy: instead,
    })
  }
}
