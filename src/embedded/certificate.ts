import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { BadSettings, sentenceOf } from '../errors.ts'

/** Files in PEM, by which Asterisk proves to phones who it is. */
export type Certificate = { readonly certificate: string; readonly key: string }

const YEARS = 10
const DAY_MS = 86_400_000

/**
 * The certificate of this folder, signed by nobody but itself; made at the first start, and never over one that is there: phones
 * that were told to trust it would trust no more.
 */
export async function ownCertificate(folder: string): Promise<Certificate> {
  const there = certificateIn(folder)
  if (there) return there
  const files = filesIn(folder)
  const { cert, private: key } = await selfSigned()
  await mkdir(folder, { recursive: true })
  // The certificate last: where it stands, its key does too.
  await put(files.key, key)
  await put(files.certificate, cert)
  return files
}

/** Undefined: none was made in this folder yet. */
export const certificateIn = (folder: string): Certificate | undefined =>
  existsSync(filesIn(folder).certificate) ? filesIn(folder) : undefined

const filesIn = (folder: string): Certificate => ({
  certificate: join(folder, 'certificate.pem'),
  key: join(folder, 'certificate-key.pem'),
})

async function selfSigned() {
  // Needed once in the life of a hotline, and slow to load.
  const { generate } = await import('selfsigned')
  const notAfterDate = new Date()
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS)
  const addresses = Object.values(networkInterfaces()).flatMap(all => (all ?? []).map(({ address }) => address))
  const altNames = [
    { type: 2 as const, value: hostname() },
    // Without the zone of a link's own address.
    ...addresses.map(address => ({ type: 7 as const, ip: address.replace(/%.*/, '') })),
  ]
  return generate([{ name: 'commonName', value: hostname() }], {
    // Desk phones that know no other kind of key are still about.
    keyType: 'rsa',
    keySize: 2_048,
    algorithm: 'sha256',
    // The clock of a phone may be behind.
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
}

/** Resolves with until when it is good. Rejects with BadSettings where phones could not be shown it. `now`: ms since 1970. */
export async function refuseUnfit({ certificate, key }: Certificate, now: number): Promise<Date> {
  const shown = await read(
    certificate,
    'HOTLINE_TLS_CERTIFICATE must be a certificate',
    text => new X509Certificate(text),
  )
  const kept = await read(key, 'HOTLINE_TLS_KEY must be a key', createPrivateKey)
  if (!shown.checkPrivateKey(kept))
    throw new BadSettings(['HOTLINE_TLS_KEY must be the key of HOTLINE_TLS_CERTIFICATE.'])
  const { validFrom, validTo } = shown
  if (now < Date.parse(validFrom) || now >= Date.parse(validTo))
    throw new BadSettings([`HOTLINE_TLS_CERTIFICATE must be good today; it is from ${validFrom} to ${validTo}.`])
  return new Date(validTo)
}

async function read<T>(file: string, what: string, parse: (text: Buffer) => T): Promise<T> {
  try {
    return parse(await readFile(file))
  } catch (thrown) {
    throw new BadSettings([`${what} in PEM, and ${file} is none (${sentenceOf(thrown)}).`])
  }
}

/** Whole, or not at all; readable by its owner alone. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
