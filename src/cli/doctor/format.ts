import pc from 'picocolors'
import { formatDuration } from '../../primitives/duration.js'
import { formatBytes } from '../bytes.js'
import type { CacheFindings } from './survey-cache.js'
import type { PostgresFindings } from './survey-postgres.js'
import type { RedisFindings } from './survey-redis.js'
import type { Findings } from './survey.js'

const YES = pc.green('✓')
const NO = pc.red('✗')
const ALSO = pc.dim('·')

/** The findings for people, section by section, problems last. */
export function formatFindings(findings: Findings): string {
  const { hotbed, node, user, postgres, redis, runDirectories, cache, leftovers, problems } = findings
  const sections = [
    section('hotbed', [
      `${node.supported ? YES : NO} hotbed ${hotbed}, Node ${node.version}, ${node.platform} ${node.arch}`,
      formatUser(user),
    ]),
    section('Postgres', postgres === undefined ? [`${NO} not looked for`] : formatPostgres(postgres)),
    section('Redis', redis === undefined ? [`${NO} not looked for`] : formatRedis(redis)),
    section(
      'Files of running servers',
      runDirectories.map(
        ({ path, freeBytes, inMemory, chosen, reason }) =>
          `${chosen ? YES : ALSO} ${path}: ${formatBytes(freeBytes)} free ${inMemory ? 'in memory' : 'on disk'}; ${reason}`,
      ),
    ),
    section('Cache', cache === undefined ? [`${NO} none`] : formatCache(cache)),
    section(
      'Left of earlier runs',
      leftovers.length === 0
        ? [`${YES} nothing`]
        : leftovers.map(
            ({ path, why, kept }) => `${ALSO} ${path}: ${kept ? 'kept on purpose (hotbed clean --kept)' : `${why} (hotbed clean)`}`,
          ),
    ),
    problems.length === 0
      ? `${YES} Tests can run here.`
      : problems.map(({ message, remedy }) => `${NO} ${message}${remedy === undefined ? '' : `\n  → ${remedy}`}`).join('\n'),
  ]
  return `${sections.join('\n\n')}\n`
}

function section(title: string, lines: readonly string[]): string {
  return [pc.bold(title), ...lines.map((line) => `  ${line}`)].join('\n')
}

function formatUser({ uid, serversRunAs }: Findings['user']): string {
  if (serversRunAs !== undefined) return `${ALSO} root, so servers run as user ${serversRunAs}`
  return uid === 0 ? `${NO} root, and there is no other user for Postgres` : `${ALSO} servers run as you, user ${uid}`
}

function formatPostgres({ chosen, places }: PostgresFindings): readonly string[] {
  const others = places
    .filter(({ outcome }) => outcome !== 'chosen')
    .map(({ place, outcome, reason, version }) => {
      const what = version === undefined ? reason : `Postgres ${version}, ${outcome}`
      return `${ALSO} ${place}: ${what.replaceAll('\n', '\n    ')}`
    })
  if (chosen === undefined) return [`${NO} none`, ...others]
  const { version, provider, directory, reason, libc, icu, extensions } = chosen
  return [
    `${YES} Postgres ${version} (${provider}) in ${directory}`,
    `  ${reason}`,
    `  ${libc}, ${icu === undefined ? 'without ICU' : `ICU ${icu}`}, ${extensions === undefined ? 'extensions unknown' : `${extensions.length} extensions`}`,
    ...others,
  ]
}

function formatRedis({ chosen, places }: RedisFindings): readonly string[] {
  if (chosen === undefined) return [`${NO} none`, ...places.map(({ place, outcome }) => `${ALSO} ${place}: ${outcome}`)]
  const { flavour, version, provider, path, reason } = chosen
  // The chosen place is the last one.
  return [
    `${YES} ${flavour} ${version} (${provider}) at ${path}`,
    `  from: ${reason}`,
    ...places.slice(0, -1).map(({ place, outcome }) => `${ALSO} ${place}: ${outcome}`),
  ]
}

function formatCache({ path, bytes, parts, images }: CacheFindings): readonly string[] {
  return [
    `${YES} ${path}: ${formatBytes(bytes)}`,
    ...parts.map((part) => `  ${part.name}: ${formatBytes(part.bytes)}`),
    ...images.map(
      ({ name, bytes: size, usedAt }) =>
        `  image ${name}: ${formatBytes(size)}, last used ${formatDuration(Math.max(0, Date.now() - Date.parse(usedAt)))} ago`,
    ),
  ]
}
