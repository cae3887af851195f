import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { buildOnce } from '../../../primitives/build-once.js'
import { HotbedError } from '../../../primitives/error.js'
import { fingerprint } from '../../../primitives/fingerprint.js'
import type { Engine } from '../../container/engine.js'
import { findContainerImage, requireContainerImage, type ContainerImage } from '../../container/image.js'
import { writeImageRecord } from '../../container/image-record.js'
import { CACHE_LABEL, cacheLabel } from '../../container/labels.js'
import type { ServerVersion } from '../../server.js'
import { makePassword } from '../access.js'
import { isBytewise, readLocale, textSearchConfig } from '../collation.js'
import { bootContainer } from './boot.js'
import { PASSWORD_LABEL, type SavedFiles } from './saved-files.js'
import { CLUSTER_SCRIPT, SAVED_CLUSTER, settingArguments } from './scripts.js'

/** An image with a cluster that was just made, from which servers start in a moment. */
export interface ContainerCluster extends SavedFiles {
  /** Tells it from every other cluster. */
  readonly key: string
  readonly facts: ClusterFacts
}

/** What a server of an image has said of itself. */
export interface ClusterFacts {
  readonly version: ServerVersion
  readonly collation: string
  /** Modules that the image has. */
  readonly libraries: readonly string[]
  /** What the image preloads by itself. */
  readonly preloaded: readonly string[]
  /** Of the image that it was made of. */
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
}

/** Raised when clusters are made in another way. */
const FORMAT = 1
const FACTS_LABEL = 'hotbed.cluster'
const MAKE_MS = 180_000

/**
 * The cluster of an image, made by the image's own entrypoint: once for each engine, image and locale. The record in the cache says that it is wanted; the
 * files are the engine's.
 */
export async function prepareContainerCluster(
  engine: Engine,
  { image: name, locale }: { readonly image: string; readonly locale: string | undefined },
  cacheDirectory: string,
): Promise<ContainerCluster> {
  const image = await requireContainerImage(engine, name)
  const key = fingerprint({
    format: FORMAT,
    engine: engine.id,
    cache: cacheLabel(cacheDirectory),
    image: image.id,
    locale: isBytewise(locale) ? 'C' : `${readLocale(locale)}.UTF-8`,
  })
  const tag = `hotbed/cluster:${key}`
  const record = join(cacheDirectory, 'clusters', `container-${key}`)
  const known = await findContainerImage(engine, tag)
  if (known === undefined) await rm(record, { recursive: true, force: true })
  await buildOnce(record, async (draft) => {
    await mkdir(draft)
    // Known without a record: somebody has emptied the cache.
    if (known === undefined) await makeCluster(engine, image, locale, { tag, cacheDirectory })
    await writeImageRecord(draft, tag)
  })
  const saved = await findContainerImage(engine, tag)
  const facts = saved?.labels[FACTS_LABEL]
  if (saved !== undefined && facts !== undefined) {
    return {
      tag,
      key,
      password: saved.labels[PASSWORD_LABEL] ?? '',
      facts: JSON.parse(Buffer.from(facts, 'base64url').toString('utf8')) as ClusterFacts,
    }
  }
  throw new HotbedError('ERR_HOTBED_CONTAINER', { message: `The image '${tag}', which was just made, has been removed.` })
}

async function makeCluster(
  engine: Engine,
  image: ContainerImage,
  locale: string | undefined,
  { tag, cacheDirectory }: { readonly tag: string; readonly cacheDirectory: string },
): Promise<void> {
  const { entrypoint, command } = image
  const password = makePassword()
  const quick = new Map(Object.entries({ fsync: 'off', full_page_writes: 'off', listen_addresses: '*' }))
  const name = readLocale(isBytewise(locale) ? undefined : locale)
  let facts: ClusterFacts | undefined
  const { container, life } = await bootContainer(
    {
      engine,
      password,
      spec: {
        image: image.id,
        entrypoint: ['/bin/sh', '-c', CLUSTER_SCRIPT, 'hotbed', ...entrypoint],
        command: [...postgresCommand(command), ...settingArguments(quick)],
        environment: {
          PGDATA: SAVED_CLUSTER,
          POSTGRES_PASSWORD: password,
          POSTGRES_USER: 'postgres',
          POSTGRES_DB: 'postgres',
          HOTBED_LOCALE: isBytewise(locale) ? 'POSIX' : name,
          HOTBED_TEXT_SEARCH: textSearchConfig(name),
        },
        run: cacheDirectory,
      },
      tried: { version: `of the image '${image.name}'`, settings: {}, timeoutMs: MAKE_MS, describeConfig: () => Promise.resolve('') },
    },
    async (client) => {
      facts = { ...(await readFacts(client)), entrypoint, command }
    },
  )
  try {
    await life.stop({ signal: 'INT', keepDirectory: true })
    await container.commit(tag, {
      [CACHE_LABEL]: cacheLabel(cacheDirectory),
      [PASSWORD_LABEL]: password,
      [FACTS_LABEL]: Buffer.from(JSON.stringify(facts)).toString('base64url'),
    })
  } finally {
    await container.remove()
  }
}

/** What a container runs when nothing is said: some images leave it to their entrypoint. */
export function postgresCommand(command: readonly string[]): readonly string[] {
  return command.length === 0 ? ['postgres'] : command
}

const FACTS = `SELECT current_setting('server_version') AS text, current_setting('server_version_num')::int AS number,
  current_setting('shared_preload_libraries') AS preloaded, (SELECT to_jsonb(d) FROM pg_database d WHERE datname = 'template1') AS database,
  (SELECT array_agg(left(file, -3)) FROM pg_config c, pg_ls_dir(c.setting) file WHERE c.name = 'PKGLIBDIR' AND file LIKE '%.so') AS libraries`

async function readFacts(client: Client): Promise<Omit<ClusterFacts, 'entrypoint' | 'command'>> {
  const { rows } = await client.query<{
    readonly text: string
    readonly number: number
    readonly preloaded: string
    readonly database: Readonly<Record<string, string | null>>
    readonly libraries: readonly string[] | null
  }>(FACTS)
  const [row] = rows
  if (row === undefined) throw new Error('A SELECT without FROM gives a row.')
  const { text, number, preloaded, database, libraries } = row
  return {
    // `17.4 (Debian 17.4-1.pgdg120+2)`
    version: { text: text.split(' ')[0] ?? text, major: Math.floor(number / 10_000), minor: number % 10_000 },
    collation: describeCollation(database),
    libraries: libraries ?? [],
    preloaded: preloaded.split(',').flatMap((library) => library.trim() || []),
  }
}

/** As `chooseCollation` writes it. */
function describeCollation(database: Readonly<Record<string, string | null>>): string {
  const { datlocprovider, datcollate, datctype, datlocale, daticulocale } = database
  const spell = (name: string | null | undefined): string => (name ?? '').replace(/\.utf-?8$/i, '.UTF-8')
  if (datlocprovider === 'i') return `icu ${datlocale ?? daticulocale ?? ''}, ctype ${spell(datctype)}`
  if (datlocprovider === 'b') return `builtin ${datlocale ?? ''}`
  return datcollate === 'C' && datctype === 'C' ? 'C' : `libc ${spell(datcollate)}`
}
