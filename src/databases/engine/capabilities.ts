/** What hotbed asks of a server that speaks PostgreSQL's protocol, each tried by a statement (`trials.ts`). */
export const CAPABILITIES = {
  createDatabase: 'CREATE DATABASE',
  comments: 'COMMENT ON DATABASE, read back',
  templates: 'CREATE DATABASE … TEMPLATE, with the rows',
  copyFiles: 'STRATEGY FILE_COPY (15 and newer)',
  rename: 'ALTER DATABASE … RENAME',
  connectionLimit: 'CONNECTION LIMIT',
  forcedDrop: 'DROP DATABASE … WITH (FORCE)',
  createSchema: 'CREATE SCHEMA',
  searchPath: 'search_path as an option of the connection',
  advisoryLocks: 'advisory locks that exclude',
  sequences: 'sequences without gaps in one session',
  copyBinary: 'COPY … FROM STDIN (FORMAT binary)',
  vacuum: 'VACUUM (FREEZE, ANALYZE)',
  statistics: 'pg_class.reltuples and pg_stats',
  explainJson: 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) in PostgreSQL’s words',
  autoExplain: 'auto_explain that sends plans to the session',
  blockingPids: 'pg_blocking_pids',
  endSessions: 'pg_terminate_backend of one’s own sessions',
  superuser: 'a superuser',
  grantSet: 'GRANT SET ON PARAMETER (15 and newer)',
} as const

export type Capability = keyof typeof CAPABILITIES

/** What one server can do: true, or why not, as the server has said it. */
export type Capabilities = Readonly<Record<Capability, true | string>>
