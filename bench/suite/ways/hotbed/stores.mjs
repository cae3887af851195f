/** Set before the test file was imported. */
export function openStores() {
  return { databaseUrl: process.env.DATABASE_URL, redisUrl: process.env.REDIS_URL }
}
