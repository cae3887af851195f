/** What PostgreSQL (errcodes.txt and the callers) and Redis (server.c) say with these. */
export const SERVER_MESSAGES: Readonly<Record<string, string>> = {
  '40001': 'could not serialize access due to concurrent update',
  '40P01': 'deadlock detected',
  '23505': 'duplicate key value violates unique constraint',
  '53300': 'sorry, too many clients already',
  '55P03': 'could not obtain lock on row',
  '57014': 'canceling statement due to statement timeout',
  LOADING: 'Redis is loading the dataset in memory',
  READONLY: "You can't write against a read only replica.",
  OOM: "command not allowed when used memory > 'maxmemory'.",
  MOVED: '0 127.0.0.1:6379',
  NOSCRIPT: 'No matching script. Please use EVAL.',
}
