import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { portsFrom } from '../src/config/ports.ts'
import { type Environment, oddFolders, readConfig } from '../src/config.ts'
import { BadSettings } from '../src/errors.ts'

const HOME = '/srv/hotline'
const read = (environment: Environment = {}) => readConfig(environment, HOME)

function sentencesFor(environment: Environment): readonly string[] {
  try {
    read(environment)
  } catch (thrown) {
    if (thrown instanceof BadSettings) return thrown.sentences
    throw thrown
  }
  return []
}

const OWN = {
  DATABASE_URL: 'postgres://u:p@db/hotline',
  ASTERISK_HOST: '10.0.0.5',
  HOTLINE_API_KEY: 'sixteen-or-longer',
}
const SECRETS = { ASTERISK_ARI_SECRET: 'a', ASTERISK_AMI_SECRET: 'b' }

describe('with nothing set', () => {
  test('the hotline brings all along, on loopback, in its own folder', () => {
    expect(read()).toMatchObject({
      folder: '/srv/hotline/var',
      recordingsFolder: '/srv/hotline/var/recordings',
      soundsFolder: '/srv/hotline/sounds',
      bind: '127.0.0.1',
      embedded: true,
      databaseUrl: undefined,
      asterisk: undefined,
      apiKey: undefined,
      ports: portsFrom(5_000),
    })
  })

  test('an empty setting is one that is not set', () => {
    const empty = Object.fromEntries(Object.keys({ ...OWN, ...SECRETS, HOTLINE_PORTS: '' }).map(name => [name, '']))
    expect(read(empty)).toEqual(read())
  })
})

describe('what is set', () => {
  test('names one’s own Postgres and Asterisk', () => {
    const config = read({ ...OWN, ...SECRETS, ASTERISK_ARI_PORT: '18088' })
    expect(config.databaseUrl).toBe(OWN.DATABASE_URL)
    expect(config.asterisk).toMatchObject({
      host: '10.0.0.5',
      tls: false,
      ariPort: 18_088,
      amiPort: 5_038,
      ariSecret: 'a',
      amiSecret: 'b',
    })
  })

  test('moves all ports by one number, HTTP by its own', () => {
    const { ports } = read({ HOTLINE_PORTS: '20000', HOTLINE_HTTP_PORT: '80' })
    expect(ports).toEqual({ ...portsFrom(20_000), http: 80 })
  })

  test('is a folder seen from home, or an absolute one', () => {
    expect(read({ HOTLINE_FOLDER: 'second' }).recordingsFolder).toBe('/srv/hotline/second/recordings')
    expect(read({ HOTLINE_RECORDINGS: '/mnt/tapes' }).recordingsFolder).toBe('/mnt/tapes')
    expect(read({ HOTLINE_CACHE: 'cache' }).cacheFolder).toBe('/srv/hotline/cache')
    expect(read({ HOTLINE_CACHE: '/mnt/cache' }).cacheFolder).toBe('/mnt/cache')
  })

  test.each(['203.0.113.7', '203.0.113.7,198.51.100.0/24', '198.51.100.0/255.255.255.0', '2001:db8::7,2001:db8::/32'])(
    'is a trunk of addresses and networks: %s',
    trunk => {
      expect(read({ HOTLINE_TRUNK: trunk }).trunk).toBe(trunk)
    },
  )

  test.each([
    'postgres://u:p%2Fw@db:5432/hotline',
    'postgres://u:p@w%@db/hotline',
    'postgresql://db',
    'postgres://u@/hotline?host=/run/postgresql',
    'postgres:///hotline?host=/run/postgresql',
    'postgres://u:p@%2Frun%2Fpostgresql/hotline',
    'postgres://u:p@one,two/hotline',
  ])('is a database as pg takes it: %s', url => {
    expect(read({ DATABASE_URL: url }).databaseUrl).toBe(url)
    expect(() => new pg.Client(url)).not.toThrow()
  })
})

describe('a wrong setting gets one sentence that names it', () => {
  test.each<[string, string[]]>([
    ['HOTLINE_BIND', ['localhost', '::1', '300.0.0.1']],
    ['HOTLINE_PORTS', ['many', '999', '56001', '5000.5', '-1']],
    ['HOTLINE_HTTP_PORT', ['0', '65536', 'http', '80.5']],
    ['HOTLINE_EMBEDDED', ['yes', 'Never']],
    ['DATABASE_URL', ['mysql://db/hotline', 'postgres', 'postgres:// ']],
    ['DATABASE_URL', ['p/w', 'p#w', 'p?w', 'p%ffw'].map(password => `postgres://u:${password}@db:5432/hotline`)],
    ['ASTERISK_ARI_PORT', ['70000', 'x']],
    ['ASTERISK_AMI_PORT', ['70000', 'x']],
    ['HOTLINE_API_KEY', ['short']],
    ['ASTERISK_TLS', ['true', 'YES']],
    ['HOTLINE_TRUNK', ['my provider', '203.0.113.7;198.51.100.1', '203.0.113.300', '1', '203.0.113.7,', 'fade.de']],
    ['HOTLINE_TRUNK', ['203.0.113.7/99', '2001:db8::/129', '203.0.113.0/24/24', '203.0.113.0/', '2001:db8::7%eth0']],
    ['HOTLINE_TRUNK_ADDRESS', ['my trunk', '203.0.113.7;transport=tcp', 'sip:203.0.113.7', '203.0.113.7:port']],
    ['HOTLINE_TRUNK', ['0.0.0.0/0', '203.0.113.7,198.51.100.0/00', '0.0.0.0/0.0.0.0', '::/0']],
    ['HOTLINE_LOG', ['verbose']],
    ['HOTLINE_AUDIT_DAYS', ['179', '36501', '365.5', 'ever']],
    ['HOTLINE_ZONE', ['Beijing', 'GMT+8 hours']],
  ])('%s', (name, values) => {
    for (const value of values) {
      const sentences = sentencesFor({ [name]: value })
      expect(sentences, value).toHaveLength(1)
      expect(sentences[0]).toContain(`${name} must `)
      expect(sentences[0]).toMatch(/\.$/)
    }
  })
})

describe('a name that is no setting', () => {
  test.each([
    ['HOTLINE_PORT', 'HOTLINE_PORTS'],
    ['HOTLINE_TRUNKS', 'HOTLINE_TRUNK'],
    ['HOTLINE_RECORDING', 'HOTLINE_RECORDINGS'],
    ['HOTLINE_HTTPPORT', 'HOTLINE_HTTP_PORT'],
  ])('%s is refused, and the nearest is named', (name, meant) => {
    expect(sentencesFor({ [name]: 'x' })).toEqual([`${name} is no setting of the hotline; the nearest is ${meant}.`])
  })

  test('is nothing to us where it is empty, another’s, or docker-compose.yml’s own', () => {
    expect(sentencesFor({ HOTLINE_PORT: '', HOTLINES: 'x', PATH: 'x', HOTLINE_DATABASE_PASSWORD: 'x' })).toEqual([])
  })

  test('is nothing to us where Kubernetes tells of services named hotline or the like', () => {
    const told = { HOTLINE_SERVICE_HOST: '10.0.0.1', HOTLINE_SERVICE_PORT: '5080', HOTLINE_PORT: 'tcp://10.0.0.1:5080' }
    const other = { HOTLINE_POSTGRES_SERVICE_HOST: '10.0.0.2', HOTLINE_POSTGRES_PORT: 'tcp://10.0.0.2:5432' }
    expect(sentencesFor({ ...told, ...other, HOTLINE_PORT_5080_TCP_ADDR: '10.0.0.1' })).toEqual([])
  })
})

describe('all that is wrong is said at once', () => {
  test('of values that cannot be', () => {
    const wrong = { HOTLINE_BIND: 'x', HOTLINE_PORTS: 'x', DATABASE_URL: 'x', HOTLINE_LOG: 'x', HOTLINE_EMBEDDED: 'x' }
    const sentences = sentencesFor(wrong)
    expect(sentences).toHaveLength(5)
    for (const name of Object.keys(wrong)) expect(sentences.some(sentence => sentence.startsWith(name))).toBe(true)
  })

  test('of what is missing where nothing may be brought along', () => {
    const named = sentencesFor({ HOTLINE_EMBEDDED: 'never' }).map(sentence => sentence.split(' ')[0])
    expect(named).toEqual(['DATABASE_URL', 'ASTERISK_HOST', 'HOTLINE_API_KEY'])
    expect(sentencesFor({ HOTLINE_EMBEDDED: 'never', ...OWN, ...SECRETS })).toEqual([])
  })

  test('of both', () => {
    const named = sentencesFor({ HOTLINE_EMBEDDED: 'never', HOTLINE_BIND: 'x', ...OWN }).map(s => s.split(' ')[0])
    expect(named).toEqual(['HOTLINE_BIND', 'ASTERISK_ARI_SECRET', 'ASTERISK_AMI_SECRET'])
  })

  test('of secrets without which an Asterisk of one’s own cannot be reached', () => {
    const named = sentencesFor({ ASTERISK_HOST: '10.0.0.5' }).map(sentence => sentence.split(' ')[0])
    expect(named).toEqual(['ASTERISK_ARI_SECRET', 'ASTERISK_AMI_SECRET'])
  })
})

describe('an Asterisk of one’s own on another host', () => {
  const at = (host: string, tls?: string) => ({ ASTERISK_HOST: host, ...SECRETS, ...(tls && { ASTERISK_TLS: tls }) })

  test('is spoken to over TLS alone, but for an address of a network of one’s own', () => {
    for (const host of ['pbx.example', '203.0.113.7', '2001:db8::7'])
      for (const tls of [undefined, 'no'])
        expect(sentencesFor(at(host, tls))).toEqual([
          expect.stringMatching(`^ASTERISK_TLS must be yes for ASTERISK_HOST=${host}: .*\\.$`),
        ])
    expect(read(at('pbx.example', 'yes')).asterisk).toMatchObject({ host: 'pbx.example', tls: true })
    for (const host of ['localhost', '127.0.0.1', '10.0.0.5', '192.168.0.5']) {
      expect(read(at(host)).asterisk).toMatchObject({ host, tls: false })
      expect(read(at(host, 'yes')).asterisk).toMatchObject({ host, tls: true })
    }
  })
})

describe('a certificate of one’s own', () => {
  const files = { HOTLINE_TLS_CERTIFICATE: 'tls/fullchain.pem', HOTLINE_TLS_KEY: '/etc/ssl/key.pem' }

  test('is two files, seen from home', () => {
    expect(read(files).certificate).toEqual({ certificate: '/srv/hotline/tls/fullchain.pem', key: '/etc/ssl/key.pem' })
    expect(read().certificate).toBeUndefined()
  })

  test('is not half there', () => {
    for (const [there, lacking] of [Object.keys(files), Object.keys(files).reverse()])
      expect(sentencesFor({ [there!]: 'a.pem' })).toEqual([`${lacking} must be set where ${there} is.`])
  })
})

describe('what cannot be together is refused:', () => {
  test('a port for HTTP that is that of ARI, AMI or Postgres, where these are brought along', () => {
    for (const port of ['5061', '5088', '5038', '5032'])
      expect(sentencesFor({ HOTLINE_HTTP_PORT: port })).toEqual([
        expect.stringMatching(`^HOTLINE_HTTP_PORT must not be ${port}: HOTLINE_PORTS gives that one to `),
      ])
    expect(sentencesFor({ HOTLINE_HTTP_PORT: '5088', ...OWN, ...SECRETS })).toEqual([])
  })
})

test('a folder whose name would be more than a name to the Asterisk that is brought along is told before it is started', () => {
  expect(oddFolders(readConfig({}, '/srv/hotline'))).toEqual([])
  for (const name of ['HOTLINE_FOLDER', 'HOTLINE_CACHE', 'HOTLINE_SOUNDS', 'HOTLINE_RECORDINGS'])
    expect(oddFolders(readConfig({ [name]: '/srv/a,b' }, '/srv/hotline'))).toEqual([
      `${name} must name a folder that Asterisk can work in, and /srv/a,b has a , in it.`,
    ])
})

test('no two services of one hotline share a port', () => {
  const { rtp, ...single } = portsFrom(5_000)
  expect(new Set(Object.values(single)).size).toBe(6)
  expect(rtp[0]).toBeGreaterThan(Math.max(...Object.values(single)))
  expect(portsFrom(56_000).rtp[1]).toBeLessThanOrEqual(65_535)
})

describe('the company’s own sign-in', () => {
  const OIDC = {
    HOTLINE_OIDC_ISSUER: 'https://login.example.com/realms/company',
    HOTLINE_OIDC_CLIENT: 'hotline',
    HOTLINE_OIDC_SECRET: 'secret',
    HOTLINE_URL: 'https://hotline.example.com/',
  }
  test('is known when all of it is, else it is said what is missing', () => {
    const { HOTLINE_OIDC_ISSUER: issuer } = OIDC
    const known = { issuer, client: 'hotline', secret: 'secret', url: 'https://hotline.example.com' }
    expect(read(OIDC).oidc).toEqual(known)
    expect(read({}).oidc).toBeUndefined()
    expect(sentencesFor({ HOTLINE_OIDC_ISSUER: issuer, HOTLINE_OIDC_CLIENT: 'hotline' })).toEqual([
      'HOTLINE_OIDC_SECRET must be set where HOTLINE_OIDC_ISSUER is.',
      'HOTLINE_URL must be set where HOTLINE_OIDC_ISSUER is.',
    ])
  })
  test.each(['http://login.example.com', 'login.example.com', 'https://login.example.com/?a=b', 'ftp://127.0.0.1'])(
    'is not asked at %s',
    issuer => {
      expect(sentencesFor({ ...OIDC, HOTLINE_OIDC_ISSUER: issuer })).toEqual([
        expect.stringContaining('HOTLINE_OIDC_ISSUER must be an https:// address'),
      ])
    },
  )
})
