import { statSync } from 'node:fs'
import { wrongOption } from '../../primitives/options.js'
import { runCommand } from '../../primitives/run-command.js'
import type { BinaryFacts } from './binary-check.js'
import { rememberFacts } from './remembered-facts.js'

/** How a cluster collates. */
export interface Collation {
  /** For people and for the layout: `libc en_US.UTF-8`, `icu en-US, ctype C.UTF-8`, `C`. */
  readonly description: string
  readonly initdbArguments: readonly string[]
}

const DEFAULT_LOCALE = 'en_US'

/**
 * Chooses the collation for `locale`: the system's own (as managed services have it), else ICU's, which every Postgres from 15 on
 * can use without the system's help, else the bytes' order by C.UTF-8. Never looks at the environment, and says what it chose.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export async function chooseCollation(locale: string | undefined, binaries: BinaryFacts, cacheDirectory: string): Promise<Collation> {
  if (isBytewise(locale)) return { description: 'C', initdbArguments: ['--locale=C'] }
  const name = readLocale(locale)
  const { major } = binaries.version
  const has = await readSystemLocales(cacheDirectory)
  const icu = major >= 15 && binaries.icu !== undefined
  // macOS has all names, but most of its UTF-8 locales sort by bytes.
  if (has(name) && !(icu && process.platform === 'darwin' && name !== 'C')) {
    return {
      description: `libc ${name}.UTF-8`,
      initdbArguments: [`--locale=${name}.UTF-8`, ...(major >= 15 ? ['--locale-provider=libc'] : [])],
    }
  }
  // The classes of characters: with plain C, full-text search and trigrams would take every non-ASCII letter for a blank.
  const ctype = has('C') ? 'C.UTF-8' : 'C'
  if (name === 'C') throw wrongOption('locale', "'C' or a language with a country, since this system has no C.UTF-8", locale)
  const common = ['--locale=C', `--lc-ctype=${ctype}`, `--text-search-config=${textSearchConfig(name)}`]
  if (icu) {
    const tag = name.replace('_', '-')
    return { description: `icu ${tag}, ctype ${ctype}`, initdbArguments: [...common, '--locale-provider=icu', `--icu-locale=${tag}`] }
  }
  return { description: `libc ${ctype} (no ${name}.UTF-8 on this system)`, initdbArguments: [...common, `--lc-collate=${ctype}`] }
}

/** The order of bytes, and no other. */
export function isBytewise(locale: string | undefined): boolean {
  return locale === 'C' || locale === 'POSIX'
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readLocale(locale: string | undefined): string {
  const name = (locale ?? DEFAULT_LOCALE).replace(/\.utf-?8$/i, '')
  if (!/^([a-z]{2,3}(_[A-Z]{2})?|C)$/.test(name)) throw wrongOption('locale', "'C' or a language with a country, such as 'en_US'", locale)
  return name
}

/** Tells whether the system has a locale in UTF-8. */
async function readSystemLocales(cacheDirectory: string): Promise<(name: string) => boolean> {
  const question = ['/usr/lib/locale', '/usr/lib/locale/locale-archive', '/usr/share/locale', '/usr/lib/locale/C.utf8'].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs,
  )
  const { names = '' } = await rememberFacts(cacheDirectory, ['locales', ...question], async () => {
    // musl has no such program, and no collation either.
    const { stdout } = await runCommand('locale', { args: ['-a'], timeoutMs: 10_000 }).catch(() => ({ stdout: '' }))
    return { names: stdout }
  })
  const known = new Set(names.split('\n').map((line) => line.trim().toLowerCase().replace('-', '')))
  return (name) => known.has(`${name.toLowerCase()}.utf8`)
}

/** Configurations that every supported Postgres has; initdb would choose by the locale, which is C here. */
const TEXT_SEARCH: Readonly<Record<string, string>> = {
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nb: 'norwegian',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
}

/** The configuration of full-text search for a locale. */
export function textSearchConfig(locale: string): string {
  return TEXT_SEARCH[locale.replace(/_.*$/, '')] ?? 'simple'
}
