/** What hotbed itself reads plans and counts from. */
const ALWAYS = ['auto_explain', 'pg_stat_statements']

/**
 * Extensions that cannot be created, or do nothing, unless the library of their name is preloaded: each says so in its documentation. citus wants
 * to stand before all others.
 */
const FIRST = ['citus']
const AFTERWARDS = [
  'timescaledb',
  'pg_stat_kcache',
  'pg_qualstats',
  'pg_wait_sampling',
  'pg_stat_monitor',
  'pg_hint_plan',
  'pg_squeeze',
  'pg_net',
  'pg_search',
  'pgaudit',
  'pglogical',
  'set_user',
  'credcheck',
  'age',
]

/** Libraries for `shared_preload_libraries` in their order, of those that the server has. */
export function preloadedLibraries(libraries: readonly string[] | undefined, extensions: readonly string[] = []): readonly string[] {
  const wanted = (name: string): boolean => extensions.includes(name)
  return [...FIRST.filter(wanted), ...ALWAYS, ...AFTERWARDS.filter(wanted)].filter((name) => libraries?.includes(name) === true)
}
