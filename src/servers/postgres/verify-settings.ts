import type { Client } from 'pg'
import { HotbedError } from '../../primitives/error.js'
import { settingText } from './settings-file.js'
import { unknownSetting, type Settings } from './settings.js'

interface SettingRow {
  readonly name: string
  readonly value: string | null
  readonly source: string | null
  readonly known: boolean
  readonly ours: boolean
}

/**
 * Lets the server say whether each setting took effect. Where a value came from is compared, not its text: the server writes 65536 kB
 * as `64MB`. Settings of other people's invention (`app.tenant`) are listed nowhere, so there it is the text.
 *
 * @param settingsFile where they stand; `undefined`: they were given on the command line
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_SETTING`
 */
export async function verifySettings(client: Client, settings: Settings, settingsFile: string | undefined): Promise<void> {
  const names = Object.keys(settings).map((name) => name.toLowerCase())
  if (names.length === 0) return
  const { rows } = await client.query<SettingRow>(
    `SELECT wanted.name, current_setting(wanted.name, true) AS value, s.source, s.name IS NOT NULL AS known,
            s.source = 'override' OR CASE WHEN $2::text IS NULL THEN s.source = 'command line' ELSE s.source = 'configuration file' AND s.sourcefile = $2 END AS ours
       FROM unnest($1::text[]) AS wanted(name) LEFT JOIN pg_settings s ON lower(s.name) = wanted.name`,
    [names, settingsFile],
  )
  for (const row of rows) {
    const wanted = settingText(Object.entries(settings).find(([name]) => name.toLowerCase() === row.name)?.[1] ?? '')
    if (row.value === null) throw unknownSetting(row.name, await listSettings(client))
    if (row.known ? row.ours : row.value === wanted) continue
    throw new HotbedError('ERR_HOTBED_POSTGRES_SETTING', {
      message: `The setting '${row.name}' did not take effect: wanted is ${JSON.stringify(wanted)}, SHOW says ${JSON.stringify(row.value)} (source: ${row.source ?? 'unknown'}).`,
    })
  }
}

async function listSettings(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>('SELECT name FROM pg_settings')
  return rows.map(({ name }) => name)
}
