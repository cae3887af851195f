import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where the usual builds have their control files, as seen from the directory above `postgres`: the npm package, Homebrew (of all its formulae
 * together, then of Postgres alone), Debian, Alpine, Red Hat, and one's own build.
 */
function foldersOf(major: number): readonly string[] {
  return [
    'share/postgresql/extension',
    `../../../share/postgresql@${major}/extension`,
    `share/postgresql@${major}/extension`,
    `../../../share/postgresql/${major}/extension`,
    `../share/postgresql${major}/extension`,
    'share/pgsql/extension',
    'share/extension',
  ]
}

/** The folder with the control files of the Postgres whose programs are in `directory`; `undefined` when it is none of the usual ones. */
export function findExtensionFolder(directory: string, major: number): string | undefined {
  return foldersOf(major)
    .map((folder) => join(directory, '..', folder))
    .find((folder) => existsSync(join(folder, 'plpgsql.control')))
}

/** Names that CREATE EXTENSION can be given, in order; `undefined` when the folder is unknown. */
export function listExtensions(directory: string, major: number): readonly string[] | undefined {
  const folder = findExtensionFolder(directory, major)
  return folder === undefined
    ? undefined
    : readdirSync(folder)
        .flatMap((name) => /^(.+)\.control$/.exec(name)?.[1] ?? [])
        .toSorted()
}

/** Those of `wanted` that a Postgres lacks, with the folder where they would be. Of one whose folder is unknown nothing is said. */
export function findLacking(
  directory: string,
  major: number,
  wanted: readonly string[],
): { readonly names: readonly string[]; readonly folder: string } | undefined {
  const folder = findExtensionFolder(directory, major)
  if (folder === undefined) return undefined
  const names = wanted.filter((name) => !existsSync(controlFile(folder, name)))
  return names.length === 0 ? undefined : { names, folder }
}

/** What CREATE EXTENSION would install of each: an image with another version has other objects. */
export function readDefaultVersions(directory: string, major: number, names: readonly string[]): Readonly<Record<string, string>> {
  const folder = findExtensionFolder(directory, major)
  if (folder === undefined) return {}
  return Object.fromEntries(
    names.flatMap((name) => {
      const file = controlFile(folder, name)
      const version = existsSync(file) ? /^\s*default_version\s*=\s*'([^']*)'/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
      return version === undefined ? [] : [[name, version]]
    }),
  )
}

function controlFile(folder: string, name: string): string {
  return join(folder, `${name}.control`)
}
