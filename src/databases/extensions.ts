import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { missingExtensions } from '../servers/postgres/extensions/missing.js'
import type { PostgresAccess } from './postgres-access.js'
import { quoteIdentifier, type SqlClient } from './sql-client.js'

/**
 * Creates extensions with those that they need, in the database of `superuser`.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_EXTENSION` with how to get what is missing, or the setting that it needs
 */
export async function createExtensions(
  { server }: Pick<PostgresAccess, 'server'>,
  superuser: SqlClient,
  extensions: readonly string[],
): Promise<void> {
  for (const extension of extensions) {
    try {
      await superuser.query(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)} CASCADE`)
    } catch (error) {
      throw await explainFailure(server, superuser, extension, error)
    }
  }
}

async function explainFailure(
  { provider, version, isShared }: PostgresAccess['server'],
  superuser: SqlClient,
  extension: string,
  cause: unknown,
): Promise<HotbedError> {
  const { message, detail, hint } = errorFields(cause)
  const { rows } = await superuser.query(
    `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = $1) AS known,
       (SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries') AS preloaded`,
    [extension],
  )
  const preloaded = rows[0]?.['preloaded']
  if (rows[0]?.['known'] !== true && !isShared) {
    return missingExtensions({
      names: [extension],
      looked: [`Postgres ${version.text} (${provider}): ${detail ?? message}`],
      major: provider === 'embedded' ? undefined : version.major,
      isContainer: provider === 'container',
      cause,
    })
  }
  const needsPreloading = message.includes('shared_preload_libraries')
  const remedy = isShared
    ? LET_INSTALL
    : needsPreloading
      ? preloadRemedy(typeof preloaded === 'string' ? preloaded : '', extension)
      : undefined
  return new HotbedError('ERR_HOTBED_POSTGRES_EXTENSION', {
    message: `The extension '${extension}' could not be created on Postgres ${version.text}: ${[message, detail, hint].filter(Boolean).join(' ')}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  })
}

const LET_INSTALL = 'It has to be installed by whoever runs that server; without its URL, hotbed starts one of its own.'

/** What stands there already is named too: the setting takes the place of hotbed's own. */
function preloadRemedy(preloaded: string, extension: string): string {
  const libraries = [...preloaded.split(',').map((name) => name.trim()), extension].filter(Boolean)
  return `Add to the stack: postgres: { settings: { shared_preload_libraries: '${libraries.join()}' } }`
}
