import { HotbedError } from '../../primitives/error.js'
import { nearestName, wrongOption } from '../../primitives/options.js'
import { preloadedLibraries } from './extensions/preload.js'

/** Settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string | number | boolean>>

/**
 * What every server of ours has unless told otherwise: no durability (the data is thrown away), nothing that runs on its own and makes
 * two runs differ, everything that lets a test see what happened. Settings that the planner's costs depend on are left alone.
 */
export const DEFAULT_SETTINGS: Settings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  wal_level: 'minimal',
  max_wal_senders: 0,
  wal_init_zero: false,
  wal_recycle: false,
  min_wal_size: '2MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '1d',
  autovacuum: false,
  jit: false,
  max_parallel_workers_per_gather: 0,
  synchronize_seqscans: false,
  deadlock_timeout: '50ms',
  max_connections: 300,
  shared_buffers: '128MB',
  huge_pages: 'off',
  max_logical_replication_workers: 0,
  // In the cluster's directory, so that a killed server leaves nothing in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
  log_min_messages: 'warning',
  log_checkpoints: false,
  cluster_name: 'hotbed',
  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'ISO, MDY',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
}

/** The default settings as this Postgres knows them. `libraries`: modules it has, where known; `extensions`: those its templates need. */
export function defaultSettings(
  major: number,
  libraries: readonly string[] | undefined,
  extensions: readonly string[] | undefined = [],
): Settings {
  const preloaded = preloadedLibraries(libraries, extensions)
  return {
    ...DEFAULT_SETTINGS,
    ...(major >= 14 ? { compute_query_id: true } : {}),
    ...(preloaded.length > 0 ? { shared_preload_libraries: preloaded.join() } : {}),
    ...(preloaded.includes('auto_explain') ? planMessages(major) : {}),
    ...(preloaded.includes('pg_stat_statements') ? { 'pg_stat_statements.save': false } : {}),
    // One round of hashing instead of 4096: a connection then costs 2 ms less.
    ...(major >= 16 ? { password_encryption: 'scram-sha-256', scram_iterations: 1 } : { password_encryption: 'md5' }),
    ...(major >= 18 ? { io_method: 'sync' } : {}),
  }
}

/**
 * How auto_explain writes plans once a session asks for them. INFO reaches a client whatever its `client_min_messages`. Values of parameters
 * would make every plan a text of its own. VERBOSE alone tells the schema of a table: without it a plan of `shop.orders` would be taken for one of
 * the `orders` that is on the search path.
 */
export function planMessages(major: number): Settings {
  return {
    'auto_explain.log_min_duration': -1,
    'auto_explain.log_level': 'info',
    'auto_explain.log_format': 'json',
    'auto_explain.log_analyze': true,
    'auto_explain.log_buffers': true,
    'auto_explain.log_timing': false,
    'auto_explain.log_nested_statements': true,
    'auto_explain.log_settings': true,
    'auto_explain.log_verbose': true,
    ...(major >= 16 ? { 'auto_explain.log_parameter_max_length': 0 } : {}),
  }
}

/** What hotbed itself decides; another value would part it from its server. */
const RESERVED = [
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'lc_messages',
  'listen_addresses',
  'log_destination',
  'logging_collector',
  'port',
  'unix_socket_directories',
  'unix_socket_group',
  'unix_socket_permissions',
]

/** @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_POSTGRES_SETTING` */
export function checkSettings(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/.test(name)) throw wrongOption('settings', 'settings by their names', name)
    if (!['string', 'number', 'boolean'].includes(typeof value)) throw wrongOption(`settings.${name}`, 'a string, number or boolean', value)
    if (RESERVED.includes(name.toLowerCase())) {
      throw new HotbedError('ERR_HOTBED_POSTGRES_SETTING', {
        message: `The setting '${name}' is chosen by hotbed and cannot be overridden.`,
      })
    }
  }
}

/** The error for a setting that no Postgres of this version knows. */
export function unknownSetting(name: string, known: readonly string[], log: readonly string[] = []): HotbedError {
  const near = nearestName(name, known)
  return new HotbedError('ERR_HOTBED_POSTGRES_SETTING', {
    message: `Postgres has no setting '${name}'.`,
    ...(near === undefined ? {} : { remedy: `Did you mean '${near}'?` }),
    log,
  })
}
