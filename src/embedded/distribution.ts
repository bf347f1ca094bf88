import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { aptGet, PackagesError, type PrivateApt, privateApt } from './apt.ts'

/** A release of a distribution that carries an Asterisk that is new enough, and where this machine finds it. */
export type Release = { distribution: string; name: string; keyring: string; components: string }

// Debian 12 and 13 carry no Asterisk, Ubuntu 22.04 and 24.04 one that is too old. Each knows the keys that sign these releases,
// and each mirror carries them beside its own. The programs bring their own C library, so their age does not matter.
const releases: Record<string, Release> = {
  debian: {
    distribution: 'Debian',
    name: 'forky',
    keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    components: 'main',
  },
  ubuntu: {
    distribution: 'Ubuntu',
    name: 'resolute',
    keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
    components: 'main universe',
  },
}

export async function releaseForThisMachine(): Promise<Release> {
  const { ID = '', ID_LIKE = '', PRETTY_NAME = 'this system' } = await osRelease()
  const kin = [ID, ...ID_LIKE.split(' ')]
  const release = kin.includes('ubuntu') ? releases.ubuntu : kin.includes('debian') ? releases.debian : undefined
  if (release) return release
  throw new PackagesError(
    `Hotline needs Asterisk 22 and finds none. On Debian and Ubuntu it fetches one by itself; on ${PRETTY_NAME} install it, so that "asterisk -V" answers.`,
  )
}

/** The line for apt's list of sources: the mirror is the one that this machine uses already. */
export async function sourceLine(release: Release, workshop: string): Promise<string> {
  const site = (await mirror(release)) ?? (await mirror(release, await withFreshLists(workshop)))
  if (site === undefined) {
    throw new PackagesError(`apt knows no mirror of ${release.distribution} on this machine: look into /etc/apt.`)
  }
  return `deb [signed-by=${release.keyring}] ${site} ${release.name} ${release.components}`
}

async function mirror({ distribution }: Release, apt?: PrivateApt): Promise<string | undefined> {
  const found: string[] = []
  const format = ['--format', '$(ORIGIN)|$(LABEL)|$(RELEASE)|$(SITE)']
  await aptGet(apt ?? { settings: [], archives: '' }, ['indextargets', ...format], line => found.push(line))
  const targets = found.map(line => line.split('|'))
  const fitting = targets.find(
    ([origin, label, release]) => origin === distribution && label === distribution && !release?.includes('security'),
  )
  return fitting?.[3]
}

/** Images of containers come without lists, and without lists apt does not name its mirrors. */
async function withFreshLists(workshop: string): Promise<PrivateApt> {
  const apt = await privateApt(workshop)
  await aptGet(apt, ['update'])
  return apt
}

async function osRelease(): Promise<Record<string, string>> {
  const text = existsSync('/etc/os-release') ? await readFile('/etc/os-release', 'utf8') : ''
  const pairs = text.split('\n').map(line => /^(\w+)="?(.*?)"?$/.exec(line))
  return Object.fromEntries(pairs.flatMap(pair => (pair ? [[pair[1]!, pair[2]!]] : [])))
}
