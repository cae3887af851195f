import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { reachBase } from '../../../../src/databases/reach-base.js'
import { planTemplate } from '../../../../src/databases/template.js'
import { startStopwatch } from '../../../../src/primitives/stopwatch.js'
import { reachExternalPostgres } from '../../../../src/servers/postgres/external/reach.js'
import { makeCertificates, type Certificates } from './certificates.js'
import { startForeignPostgres, type ForeignPostgres } from './foreign-postgres.js'

let foreign: ForeignPostgres
let secure: ForeignPostgres
let certificates: Certificates

beforeAll(async () => {
  certificates = makeCertificates('certified')
  const { serverCert, serverKey, ca } = certificates
  ;[foreign, secure] = await Promise.all([
    startForeignPostgres(),
    startForeignPostgres({ settings: { ssl: true, ssl_cert_file: serverCert, ssl_key_file: serverKey, ssl_ca_file: ca } }),
  ])
  const hba = join(secure.server.files.dataDirectory, 'pg_hba.conf')
  const others = readFileSync(hba, 'utf8')
  writeFileSync(hba, 'hostssl all certified 127.0.0.1/32 cert\nhostnossl all strict 127.0.0.1/32 reject\n')
  appendFileSync(hba, others)
  await secure.query(
    'CREATE ROLE certified LOGIN CREATEDB; CREATE ROLE strict LOGIN CREATEDB PASSWORD $$hunter2$$; SELECT pg_reload_conf()',
  )
})

/** The error, whose text never has the password. */
async function refusal(url: string): Promise<string> {
  const error: unknown = await reachExternalPostgres({ url }).then(
    () => 'let in',
    (refused: unknown) => refused,
  )
  expect(error).toBeInstanceOf(Error)
  const { message, code } = error as Error & { readonly code: string }
  const { password } = new URL(URL.canParse(url) ? url : 'postgresql://me:hunter2@localhost')
  expect(inspect(error, { depth: 9 })).not.toContain(decodeURIComponent(password) || 'hunter2')
  expect(code).toMatch(/^ERR_HOTBED_(?:EXTERNAL|OPTION)$/)
  return message.replaceAll(/:\d{4,5}\b/g, ':PORT').replaceAll(/-p \d+/g, '-p PORT')
}

describe('a URL', () => {
  test.each([
    ['localhost hunter2', 'must be the URL of a Postgres. It is a text that is no URL.'],
    ['mysql://me:hunter2@localhost/shop', 'must begin with postgresql://, and begins with mysql://. It is mysql://me:***@localhost/shop.'],
    ['postgresql:///shop?host=/var/run/postgresql', 'must name a host that is reached by TCP'],
    ['postgresql://127.0.0.1/shop?password=hunter2', 'names no user. It is postgresql://127.0.0.1/shop?password=***.'],
    ['postgresql://me:hunter2@127.0.0.1/shop?sslmode=full', "has the sslmode 'full', which is none of disable, allow, prefer,"],
    [
      'postgresql://me:hunter2@127.0.0.1/shop?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem',
      "names '/nowhere/ca.pem', which cannot be read",
    ],
  ])('%j is refused without its password', async (url, expected) => {
    const message = await refusal(url)
    expect(message).toContain(expected)
    expect(message).not.toContain('hunter2')
  })
})

describe('a server', () => {
  test('is described as it is, and left as it was', async () => {
    const before = await foreign.databases()
    const { version, admin, isShared, rights, control, files, pid } = await reachExternalPostgres({ url: foreign.url() })
    expect(version).toEqual(foreign.server.version)
    expect(admin).toMatchObject({ host: '127.0.0.1', user: 'postgres', isSuperuser: true, tls: undefined, parameters: 'sslmode=disable' })
    expect({ isShared, control, files, pid }).toEqual({ isShared: true, control: undefined, files: undefined, pid: undefined })
    expect(rights).toMatchObject({ createDatabase: true, copyFiles: true })
    expect(await foreign.databases()).toEqual(before)
  })

  test('that refuses the password', async () => {
    expect(await refusal(foreign.url({ password: 'hunter2' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'postgres' into 'postgres': the password is wrong, or 'postgres' has none (password authentication failed for user "postgres"). [ERR_HOTBED_EXTERNAL]
        → Correct the password in the URL."
    `)
  })

  test('that is not there', async () => {
    expect(await refusal('postgresql://me:hunter2@127.0.0.1:1/shop')).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:1 did not let 'me' into 'shop': nobody listens there (connect ECONNREFUSED 127.0.0.1:1). [ERR_HOTBED_EXTERNAL]
        → Start it, or correct host and port: pg_isready -h 127.0.0.1 -p PORT"
    `)
    expect(await refusal('postgresql://me:hunter2@no-such-host.invalid:5432/shop')).toMatchInlineSnapshot(`
      "The Postgres at no-such-host.invalid:PORT did not let 'me' into 'shop': no host is called 'no-such-host.invalid' (getaddrinfo ENOTFOUND no-such-host.invalid). [ERR_HOTBED_EXTERNAL]
        → Correct the host in the URL."
    `)
  })

  test('without such a database', async () => {
    expect(await refusal(foreign.url({ database: 'nowhere' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'postgres' into 'nowhere': there is no such database (database "nowhere" does not exist). [ERR_HOTBED_EXTERNAL]
        → Name one that exists, such as 'postgres'; 'nowhere' does not."
    `)
  })

  test('that may only be read', async () => {
    await foreign.query(
      'CREATE ROLE reader LOGIN PASSWORD $$hunter2$$; CREATE ROLE resting LOGIN CREATEDB PASSWORD $$hunter2$$; ALTER ROLE resting SET default_transaction_read_only = on',
    )
    expect(await refusal(foreign.url({ user: 'reader', password: 'hunter2' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT lets 'reader' create neither databases nor schemas in 'postgres', so that nothing can be made for a suite. [ERR_HOTBED_EXTERNAL]
        → As an administrator: ALTER ROLE "reader" CREATEDB; or else: GRANT CREATE ON DATABASE "postgres" TO "reader"."
    `)
    expect(await refusal(foreign.url({ user: 'resting', password: 'hunter2' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT lets 'resting' read only: default_transaction_read_only is on for it. [ERR_HOTBED_EXTERNAL]
        → As an administrator: ALTER ROLE "resting" RESET default_transaction_read_only, or use another role."
    `)
  })
})

describe('a server that says of itself', () => {
  /** A role that gets other answers, by functions that stand before those of the server on its search path. */
  async function roleWith(name: string, functions: string): Promise<string> {
    await foreign.query(`CREATE ROLE ${name} LOGIN CREATEDB PASSWORD 'hunter2'; CREATE SCHEMA ${name} AUTHORIZATION ${name}; ${functions}`)
    await foreign.query(`ALTER ROLE ${name} SET search_path = ${name}, public, pg_catalog`)
    return foreign.url({ user: name, password: 'hunter2' })
  }
  const versioned = (name: string, number: string): string =>
    `CREATE FUNCTION ${name}.current_setting(text) RETURNS text LANGUAGE sql
       AS $$ SELECT CASE $1 WHEN 'server_version' THEN '${number.slice(0, 2)}.7' WHEN 'server_version_num' THEN '${number}' ELSE pg_catalog.current_setting($1) END $$`

  test('that it is older than what hotbed knows', async () => {
    expect(await refusal(await roleWith('old', versioned('old', '120007')))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT is of version 12.7; 13 is the oldest that hotbed knows. [ERR_HOTBED_EXTERNAL]
        → Use another server, or provider: 'embedded'."
    `)
  })

  test('that it is newer than any that was tried, which is tried', async () => {
    const { version } = await reachExternalPostgres({ url: await roleWith('young', versioned('young', '420007')) })
    expect(version).toEqual({ text: '42.7', major: 42, minor: 7 })
  })

  test('that it is a standby', async () => {
    const functions = 'CREATE FUNCTION standing.pg_is_in_recovery() RETURNS bool LANGUAGE sql AS $$ SELECT true $$'
    expect(await refusal(await roleWith('standing', functions))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT is a standby: it can be read only. [ERR_HOTBED_EXTERNAL]
        → Give the URL of its primary."
    `)
  })

  test('that it is another engine, which is then tried out', async () => {
    const functions = "CREATE FUNCTION foreigner.version() RETURNS text LANGUAGE sql AS $$ SELECT 'CockroachDB CCL v25' $$"
    const url = await roleWith('foreigner', functions)
    const options = { server: {}, plans: [await planTemplate({})], cacheDirectory: '', user: undefined, stopwatch: startStopwatch() }
    const { server } = await reachBase({ url }, {}, options)
    expect(server.rights).toEqual({
      createDatabase: true,
      copyFiles: false,
      plansUnavailable: 'the server sends no plans: permission denied to set parameter "auto_explain.log_min_duration"',
    })
  })
})

describe('TLS', () => {
  const at = (host: string, url: string): string => url.replace('@127.0.0.1:', `@${host}:`)

  test('is spoken where the server does, and not where it does not', async () => {
    expect((await reachExternalPostgres({ url: secure.url() })).admin).toMatchObject({
      tls: { verify: 'nothing' },
      parameters: 'sslmode=require',
    })
    expect((await reachExternalPostgres({ url: secure.url({ parameters: 'sslmode=disable' }) })).admin.tls).toBeUndefined()
  })

  test('is checked as far as sslmode says', async () => {
    const parameters = `sslmode=verify-full&sslrootcert=${certificates.ca}`
    expect((await reachExternalPostgres({ url: at('localhost', secure.url({ parameters })) })).admin.tls).toMatchObject({ verify: 'name' })
    expect(await refusal(secure.url({ parameters }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'postgres' into 'postgres': the server's certificate is for another host (Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ). [ERR_HOTBED_EXTERNAL]
        → Use the host that it is for; sslmode=verify-ca does not compare it."
    `)
    const { admin } = await reachExternalPostgres({ url: secure.url({ parameters: parameters.replace('full', 'ca') }) })
    expect(admin.tls).toMatchObject({ verify: 'chain' })
    expect(await refusal(at('localhost', secure.url({ parameters: 'sslmode=verify-full' })))).toMatchInlineSnapshot(`
      "The Postgres at localhost:PORT did not let 'postgres' into 'postgres': the server's certificate is not signed by anybody known (self-signed certificate in certificate chain). [ERR_HOTBED_EXTERNAL]
        → Name who has signed it: sslrootcert=/path/to/ca.pem"
    `)
  })

  test('that one side demands and the other does not speak', async () => {
    expect(await refusal(foreign.url({ parameters: 'sslmode=require' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'postgres' into 'postgres': the URL demands TLS (sslmode=require), which the server does not speak. [ERR_HOTBED_EXTERNAL]
        → Switch ssl on in the server, or use sslmode=disable."
    `)
    expect(await refusal(secure.url({ user: 'strict', password: 'hunter2', parameters: 'sslmode=disable' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'strict' into 'postgres': the server demands TLS, and the URL says sslmode=disable (pg_hba.conf rejects connection for host "127.0.0.1", user "strict", database "postgres", no encryption). [ERR_HOTBED_EXTERNAL]
        → Use sslmode=verify-full, or sslmode=require."
    `)
  })

  test('with a certificate of the client', async () => {
    const { ca, clientCert, clientKey } = certificates
    const parameters = `sslmode=verify-full&sslrootcert=${ca}&sslcert=${clientCert}&sslkey=${clientKey}`
    const login = { user: 'certified', password: '' }
    expect((await reachExternalPostgres({ url: at('localhost', secure.url({ ...login, parameters })) })).admin.user).toBe('certified')
    expect(await refusal(secure.url({ ...login, parameters: 'sslmode=require' }))).toMatchInlineSnapshot(`
      "The Postgres at 127.0.0.1:PORT did not let 'certified' into 'postgres': the server demands a client certificate (connection requires a valid client certificate). [ERR_HOTBED_EXTERNAL]
        → Add sslcert=client.pem&sslkey=client.key to the URL."
    `)
  })
})
