import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import { ownCertificate, refuseUnfit } from '../../src/embedded/certificate.ts'
import { asteriskOptions, freshFolder, started } from './ground.ts'

it('makes one of its own, for this machine and its addresses, for the owner alone', async () => {
  const files = await ownCertificate(await freshFolder())
  const certificate = new X509Certificate(await readFile(files.certificate))
  expect(certificate.checkPrivateKey(createPrivateKey(await readFile(files.key)))).toBe(true)
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(9 * 365 * 86_400_000)
  for (const file of Object.values(files)) expect((await stat(file)).mode & 0o077).toBe(0)
})

it('makes none where one is', async () => {
  const folder = await freshFolder()
  const files = await ownCertificate(folder)
  await writeFile(files.certificate, 'that of the company')
  expect(await ownCertificate(folder)).toEqual(files)
  expect(await readFile(files.certificate, 'utf8')).toBe('that of the company')
})

it('refuses one that is not there, is none, is over, or whose key is another’s, before anything starts', async () => {
  const [one, other] = [await ownCertificate(await freshFolder()), await ownCertificate(await freshFolder())]
  await refuseUnfit(one, Date.now())
  const odd = join(await freshFolder(), 'odd.pem')
  await writeFile(odd, 'odd')
  const refused = (files: typeof one, at = Date.now()) => expect(refuseUnfit(files, at)).rejects
  await refused({ ...one, certificate: '/nowhere' }).toThrow(/^HOTLINE_TLS_CERTIFICATE must be a certificate in PEM/)
  await refused({ ...one, certificate: odd }).toThrow(/^HOTLINE_TLS_CERTIFICATE must be a certificate in PEM/)
  await refused({ ...one, key: odd }).toThrow(/^HOTLINE_TLS_KEY must be a key in PEM/)
  await refused({ ...one, key: other.key }).toThrow('HOTLINE_TLS_KEY must be the key of HOTLINE_TLS_CERTIFICATE.')
  await refused(one, Date.now() + 11 * 365 * 86_400_000).toThrow(/^HOTLINE_TLS_CERTIFICATE must be good today/)
})

it('is what Asterisk shows to phones, in TLS 1.2 and nothing older', async () => {
  const options = await asteriskOptions()
  await started(options)
  const ca = await readFile(options.certificate.certificate)
  const at = { host: '127.0.0.1', port: options.ports.tls, ca }
  const phone = connectTls(at)
  await once(phone, 'secureConnect')
  expect(phone.authorized).toBe(true)
  expect(phone.getProtocol()).toBe('TLSv1.2')
  phone.destroy()
  // Our own side would refuse the old one as well, unless it is told not to.
  const old = connectTls({ ...at, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  await expect(once(old as TLSSocket, 'secureConnect')).rejects.toThrow(/alert protocol version|protocol version/)
})

it('leaves ARI and AMI to this machine alone, wherever phones come from', async () => {
  const options = await asteriskOptions({ bind: '0.0.0.0' })
  await started(options)
  for (const port of [options.ports.http, options.ports.ami]) {
    expect(await answersAt('127.0.0.1', port)).toBe(true)
    // Another address of this machine.
    expect(await answersAt('127.0.0.2', port)).toBe(false)
  }
  expect(await answersAt('127.0.0.2', options.ports.tls)).toBe(true)
})

async function answersAt(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return true
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'ECONNREFUSED' })
    return false
  } finally {
    socket.destroy()
  }
}
